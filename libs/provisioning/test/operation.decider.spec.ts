import { describe, expect, it } from '@jest/globals';
import type { Run } from '#kernel';
import { refusal } from '#testing';
import {
  endOf,
  leftOver,
  OPERATION_STATES,
  OPERATION_TRANSITIONS,
  statusAfter,
  type OperationEvent,
  type OperationStatus,
} from '../index.js';
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
  manifest,
  one,
  play,
  provisioned,
  refused,
  retry,
  step,
  two,
  type Told,
} from './fixture.js';

const secret = { kind: 'done', result: { address: {}, secretRef: 'vault:x#1' } } as const;

describe('the table of transitions', () => {
  it('has the codes people know', () => {
    expect(OPERATION_STATES).toEqual({
      INITIAL: 100,
      PROVISIONING: 200,
      PROVISIONING_REQUESTED: 250,
      PROVISIONING_FAILED: 290,
      PROVISIONED: 300,
      DEPROVISIONING: 900,
      DEPROVISIONING_REQUESTED: 950,
      DEPROVISIONING_FAILED: 990,
      DEPROVISIONED: 1000,
    });
  });

  it('is what moves an operation: every event from every state', () => {
    for (const status of Object.keys(OPERATION_STATES) as OperationStatus[])
      for (const [event, { from, to }] of Object.entries(OPERATION_TRANSITIONS))
        expect(statusAfter(status, event)).toBe((from as readonly string[]).includes(status) ? to : status);
  });
});

describe('an operation', () => {
  it.each<[OperationStatus, Told[]]>([
    ['INITIAL', [one]],
    ['PROVISIONING', [one, 'intend']],
    ['PROVISIONED', [create(manifest([]))]],
    ['PROVISIONED', provisioned],
    ['PROVISIONING', [two, 'intend', ['a/provision', accepted]]],
    ['PROVISIONING_REQUESTED', [two, 'intend', ['a/provision', accepted], ['b/provision', accepted]]],
    ['PROVISIONING_REQUESTED', [two, 'intend', ['a/provision', accepted], ['b/provision', busy]]],
    ['PROVISIONING_REQUESTED', [two, 'intend', ['a/provision', accepted], ['b/provision', made]]],
    ['PROVISIONING', [two, 'intend', ['a/provision', made], ['b/provision', busy]]],
    ['PROVISIONING_FAILED', [one, 'intend', ['a/provision', refused]]],
    ['DEPROVISIONING', [two, 'intend', ['a/provision', made], ['b/provision', refused]]],
    ['PROVISIONING', [two, 'intend', ['a/provision', refused]]],
    ['DEPROVISIONING', [...provisioned, deprovision]],
    ['DEPROVISIONING_REQUESTED', [...provisioned, deprovision, 'intend', ['a/deprovision', accepted]]],
    ['DEPROVISIONED', [...provisioned, deprovision, 'intend', ['a/deprovision', gone]]],
    ['DEPROVISIONED', [create(manifest([])), deprovision]],
    ['DEPROVISIONING_FAILED', [...provisioned, deprovision, 'intend', ['a/deprovision', refused]]],
    ['DEPROVISIONING_FAILED', [...provisioned, deprovision, 'intend', ['a/deprovision', accepted], fail]],
  ])('is %s', (status, told) => {
    expect(after(...told).status).toBe(status);
  });

  it('never calls a provisioner again while the other side has the request', () => {
    const state = after(two, 'intend', ['a/provision', accepted], ['b/provision', accepted]);
    expect(decider.next(state).map(({ kind }) => kind)).toEqual(['wait', 'wait']);
  });

  it('in *_REQUESTED repeats only the need whose own request is due', () => {
    const state = after(two, 'intend', ['a/provision', accepted], ['b/provision', busy]);
    const runs = decider.next(state).filter((owed): owed is Run<OperationEvent> => owed.kind === 'run');
    expect(runs.map(({ key, attempt }) => [key, attempt])).toEqual([['b/provision/1', 2]]);
  });

  it('takes back what was made before another need failed for good, with the very resource', () => {
    const state = after(two, 'intend', ['a/provision', made], ['b/provision', refused]);
    const [run, ...others] = decider.next(state) as Run[];
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      key: 'a/deprovision/1',
      input: { type: 'deprovision', needId: 'a', resource: { type: 'box', id: 'r1', address: { url: 'http://r1' } } },
    });
    const end = after(two, 'intend', ['a/provision', made], ['b/provision', refused], 'intend', [
      'a/deprovision',
      gone,
    ]);
    expect([end.status, end.failure?.code, endOf(end)]).toEqual(['DEPROVISIONED', 'no', 'failed']);
  });

  it('leaves it where the manifest says so, and says what is left until somebody decides', () => {
    const left = create(manifest(['a', 'b'], { onFailure: 'leave' }));
    const told: Told[] = [left, 'intend', ['a/provision', made], ['b/provision', refused]];
    expect(play(...told).at(-1)).toMatchObject({
      type: 'ProvisioningFailed',
      data: {
        left: [
          { need: 'a', todo: 'deprovision' },
          { need: 'b', todo: 'provision' },
        ],
        failure: { code: 'no' },
      },
    });
    expect(decider.next(after(...told))).toEqual([{ kind: 'wait', key: 'operator' }]);
    expect(decider.next(after(...told, fail))).toEqual([]);
    expect(after(...told, retry, 'intend', ['b/provision', made]).status).toBe('PROVISIONED');
  });

  it('takes back what may exist although its outcome was never known', () => {
    const state = after(one, 'intend', ['a/provision', lost], 'intend', ['a/provision', lost]);
    expect([state.status, leftOver(state).length]).toEqual(['DEPROVISIONING', 1]);
    expect((decider.next(state)[0] as Run).input).toMatchObject({ resource: { type: 'box' } });
  });

  it('fails a need without a provisioner by an effect that names the type', () => {
    const state = after(create({ needs: [{ id: 'a', type: 'ghost' }] }));
    expect((decider.next(state)[0] as Run).effect).toBe('provisioning.no-provisioner');
  });

  it('removes the secret only when the resource is gone', () => {
    const told: Told[] = [one, 'intend', ['a/provision', secret], deprovision, 'intend'];
    const asked = after(...told, ['a/deprovision', accepted]);
    expect([asked.status, decider.next(asked).length]).toEqual(['DEPROVISIONING_REQUESTED', 1]);
    const resourceGone = after(...told, ['a/deprovision', gone]);
    expect(resourceGone.status).toBe('DEPROVISIONING');
    expect(decider.next(resourceGone)).toMatchObject([{ key: 'a/secret/1', input: { secretRef: 'vault:x#1' } }]);
    expect(after(...told, ['a/deprovision', gone], 'intend', ['a/secret', gone]).status).toBe('DEPROVISIONED');
  });

  it('records no secret in clear', () => {
    const clear = { kind: 'done', result: { address: {}, secret: 'hunter2' } } as const;
    const [event] = step(after(one, 'intend'), ['a/provision', clear]);
    expect(event).toMatchObject({ type: 'RequestFailed', data: { failure: { kind: 'invalid_result' } } });
    expect(JSON.stringify(event)).not.toContain('hunter2');
  });
});

describe('a child operation', () => {
  const parent = { stream: 'process-1', key: 'step/1' };
  const child = create(manifest('a'), { parent });
  it('owes its parent its end', () => {
    expect(decider.next(after(child, 'intend', ['a/provision', made]))).toMatchObject([
      { key: 'report/1', input: { parent, end: { kind: 'provisioned', resources: { a: { id: 'r1' } } } } },
    ]);
  });
  it('that was told as failed can not be retried: the parent begins another', () => {
    const failed: Told[] = [child, 'intend', ['a/provision', refused]];
    expect(decider.next(after(...failed))).toMatchObject([{ input: { end: { kind: 'failed', code: 'no' } } }]);
    expect(refusal(() => step(after(...failed, 'intend'), retry)).code).toBe('state_conflict');
  });
});
