import { describe, expect, it } from '@jest/globals';
import type { Run } from '#kernel';
import { endInput } from '../domain/operation.next.js';
import { endOf, legalCommands, type CallInput, type OperationCommand, type OperationEvent } from '../index.js';
import { after, busy, create, decider, gone, manifest, play, refused, types } from './fixture.js';

const parent = { stream: 'process-p', key: 'remove/1' };
const adopted = { a: { id: 'r7', address: { url: 'http://r7' } }, b: {} };
const takeBack = create(manifest(['a', 'b']), { adopted });
const withParent = create(manifest('a'), { adopted: { a: { id: 'r7' } }, parent });
const inputs = (command: OperationCommand) =>
  decider
    .next(after(command))
    .filter((owed): owed is Run<OperationEvent> => owed.kind === 'run')
    .map(({ input }) => input as CallInput);

describe('an operation that only takes back', () => {
  it('provisions nothing, and tells provisioners what it knows', () => {
    expect(types(play(takeBack))).toEqual(['OperationCreated', 'DeprovisioningStarted']);
    expect(inputs(takeBack)).toMatchObject([
      { type: 'deprovision', needId: 'a', resource: { type: 'box', id: 'r7', address: { url: 'http://r7' } } },
      { type: 'deprovision', needId: 'b', resource: { type: 'box' } },
    ]);
  });

  it('has ended well when everything is gone', () => {
    const state = after(takeBack, 'intend', ['a/deprovision', gone], ['b/deprovision', gone]);
    expect([state.status, endOf(state), legalCommands(state)]).toEqual(['DEPROVISIONED', 'deprovisioned', []]);
    expect(endInput(state, 'deprovisioned')).toEqual({ kind: 'deprovisioned' });
    expect(decider.next(state)).toEqual([]);
  });

  it('tells its parent when it failed, and is left to the one the parent begins next', () => {
    const state = after(withParent, 'intend', ['a/deprovision', refused]);
    expect([state.status, endOf(state)]).toEqual(['DEPROVISIONING_FAILED', 'failed']);
    expect(legalCommands(after(withParent, 'intend', ['a/deprovision', refused], 'intend'))).toEqual([]);
    expect(endInput(state, 'failed')).toEqual({ kind: 'failed', code: 'no', message: 'no' });
  });

  it('without a parent waits for an operator then', () => {
    const state = after(takeBack, 'intend', ['a/deprovision', gone], ['b/deprovision', refused]);
    expect(legalCommands(state)).toEqual(['retry', 'fail']);
    const again = after(takeBack, 'intend', ['a/deprovision', gone], ['b/deprovision', refused], {
      type: 'RetryOperation',
      time: 9,
    });
    expect(again.status).toBe('DEPROVISIONING');
  });

  it('tries again what may pass', () => {
    expect(after(takeBack, 'intend', ['a/deprovision', busy]).needs['a']?.deprovision?.status).toBe('retrying');
  });

  it('is the same only with the same resources, and names every need', () => {
    expect(decider.decide(takeBack, after(takeBack))).toEqual([]);
    expect(() => decider.decide(create(manifest(['a', 'b'])), after(takeBack))).toThrow(
      expect.objectContaining({ code: 'operation_exists', status: 409 }),
    );
    expect(() => play(create(manifest(['a', 'b']), { adopted: { a: {}, c: {} } }))).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        errors: [
          { pointer: '/adopted/b', message: 'is missing' },
          { pointer: '/adopted/c', message: 'is no need of the manifest' },
        ],
      }),
    );
  });
});
