import { describe, expect, it } from '@jest/globals';
import { refusal } from '#testing';
import { legalCommands, type OperationCommand } from '../index.js';
import {
  accepted,
  after,
  busy,
  create,
  decider,
  deprovision,
  fail,
  gone,
  lost,
  made,
  one,
  provisioned,
  refused,
  retry,
  step,
  two,
  type Told,
} from './fixture.js';

describe('commands', () => {
  const all: Record<string, OperationCommand> = {
    retry,
    fail,
    deprovision,
    'accept-late': { type: 'AcceptLateAnswer', answerId: 'none', reason: 'r', time: 9 },
  };
  it.each<[string, Told[], string[]]>([
    ['initial', [one], ['fail']],
    ['in flight', [one, 'intend'], ['fail']],
    ['waiting for a retry', [one, 'intend', ['a/provision', busy]], ['retry', 'fail']],
    ['provisioned', provisioned, ['deprovision']],
    ['failed', [one, 'intend', ['a/provision', refused]], ['retry', 'deprovision']],
    ['deprovisioning failed', [...provisioned, deprovision, 'intend', ['a/deprovision', refused]], ['retry', 'fail']],
    ['gone', [...provisioned, deprovision, 'intend', ['a/deprovision', gone]], []],
  ])('%s: those that fit are decided, others refused with them', (_name, told, legal) => {
    const state = after(...told);
    expect(legalCommands(state)).toEqual(legal);
    for (const [name, command] of Object.entries(all)) {
      if (legal.includes(name)) expect(decider.decide(command, state)).not.toHaveLength(0);
      else if (name === 'accept-late') expect(refusal(() => decider.decide(command, state)).status).toBe(404);
      else if (name === 'deprovision' && state.status === 'DEPROVISIONED')
        expect(decider.decide(command, state)).toEqual([]);
      else if (!(name === 'deprovision' && state.status.startsWith('DEPROVISIONING')))
        expect(refusal(() => decider.decide(command, state))).toMatchObject({
          code: 'state_conflict',
          extra: { state: state.status, commands: legal },
        });
    }
  });

  it('given up, what waits is taken back at once, an attempt under way when it has ended', () => {
    expect(after(one, 'intend', ['a/provision', accepted], fail).status).toBe('DEPROVISIONING');
    expect(after(one, fail).status).toBe('PROVISIONING_FAILED');
    const underWay: Told[] = [one, 'intend', fail];
    expect([after(...underWay).status, legalCommands(after(...underWay))]).toEqual(['PROVISIONING', []]);
    expect(decider.next(after(...underWay))).toEqual([{ kind: 'wait', key: 'a/provision/1', until: 105 + 2_000 }]);
    const due: Told = { type: 'Due', key: 'a/provision/1', time: 3_000, jitter: 0 };
    for (const end of [busy, accepted, lost]) {
      expect(after(...underWay, ['a/provision', end]).status).toBe('DEPROVISIONING');
    }
    expect(after(...underWay, due).status).toBe('DEPROVISIONING');
    expect(after(...underWay, ['a/provision', made]).status).toBe('PROVISIONED');
  });

  it('creates once, and refuses another manifest under the same id', () => {
    expect(step(after(two), two)).toEqual([]);
    expect(refusal(() => step(after(two), one)).code).toBe('operation_exists');
  });

  it('names everything wrong with a manifest', () => {
    const needs = [
      { id: 'a', type: 'box' },
      { id: 'a', type: 'box' },
    ];
    expect(refusal(() => decider.decide(create({ needs }), decider.initial())).errors).toEqual([
      { pointer: '/manifest/needs/1/id', message: 'is there twice' },
    ]);
    const wrong = create({ needs: [{ id: 'a/b', type: '', odd: 1 }] } as never);
    const pointers = refusal(() => decider.decide(wrong, decider.initial())).errors.map(({ pointer }) => pointer);
    expect([...new Set(pointers)].sort()).toEqual([
      '/manifest/needs/0/id',
      '/manifest/needs/0/odd',
      '/manifest/needs/0/type',
    ]);
  });
});
