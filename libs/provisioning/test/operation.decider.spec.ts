import { describe, expect, it } from '@jest/globals';
import { isRefusal, type Run } from '#kernel';
import {
  acceptable,
  endOf,
  leftOver,
  legalCommands,
  OPERATION_STATES,
  OPERATION_TRANSITIONS,
  statusAfter,
  type OperationCommand,
  type OperationEvent,
  type OperationState,
  type OperationStatus,
} from '../index.js';
import {
  accepted,
  after,
  busy,
  create,
  decider,
  fold,
  gone,
  lost,
  made,
  manifest,
  play,
  refused,
  step,
  types,
} from './fixture.js';
import type { Told } from './fixture.js';

const one = create(manifest('a'));
const two = create(manifest(['a', 'b']));
const retry: OperationCommand = { type: 'RetryOperation', time: 9 };
const fail: OperationCommand = { type: 'FailOperation', reason: 'enough', time: 9 };
const deprovision: OperationCommand = { type: 'DeprovisionOperation', time: 9 };
const secret = { kind: 'done', result: { address: {}, secretRef: 'vault:x#1' } } as const;
const provisioned: Told[] = [one, 'intend', ['a/provision', made]];

const legalAnswers = (state: OperationState) => (state.status === 'ABSENT' ? [] : acceptable(state));

const refusal = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
  throw new Error('was not refused');
};

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

describe('callbacks', () => {
  const waiting: Told[] = [one, 'intend', ['a/provision', accepted]];
  it.each<[string, Told[], Told, string]>([
    ['the same again', [...waiting, ['a/provision', made, 'callback']], ['a/provision', made, 'callback'], 'duplicate'],
    [
      'another answer',
      [...waiting, ['a/provision', made, 'callback']],
      ['a/provision', refused, 'callback'],
      'conflict',
    ],
    ['how far it is', waiting, ['a/provision', { kind: 'pending', progress: 5 }, 'callback'], 'progress'],
    ['how far it is, early', [one, 'intend'], ['a/provision', { kind: 'pending' }, 'callback'], 'progress'],
    ['after it was given up', [...waiting, fail], ['a/provision', made, 'callback'], 'late'],
  ])('%s: is recorded and changes nothing', (_name, told, callback, verdict) => {
    const state = after(...told);
    const events = step(state, callback);
    expect(events).toMatchObject([{ type: 'AnswerReceived', data: { verdict } }]);
    const { answers: _a, notedAfterEnd: _n, ...rest } = fold(events, state) as typeof state;
    const { answers: _b, notedAfterEnd: _m, ...before } = state;
    expect(rest).toEqual(before);
  });

  it('are accepted before our own request has returned, and it ends well', () => {
    const state = after(one, 'intend', ['a/provision', made, 'callback'], ['a/provision', accepted]);
    expect(state.status).toBe('PROVISIONED');
  });

  it('a failed deprovisioning is never deprovisioned', () => {
    const told: Told[] = [...provisioned, deprovision, 'intend', ['a/deprovision', accepted]];
    expect(after(...told, ['a/deprovision', refused, 'callback']).status).toBe('DEPROVISIONING_FAILED');
  });

  it('at most 20 are recorded after the end', () => {
    const many = Array.from({ length: 30 }, (): Told => ['a/provision', refused, 'callback']);
    const recorded = types(play(...provisioned, ...many)).filter((type) => type === 'AnswerReceived');
    expect(recorded).toHaveLength(20);
  });

  it('a late answer can be accepted: the need is met, or what turned up is taken back', () => {
    const accept = (answerId: string): Told => ({ type: 'AcceptLateAnswer', answerId, reason: 'seen', time: 9 });
    const keep = create(manifest('a', { onFailure: 'leave' }));
    const due: Told = { type: 'Due', key: 'a/provision/1', time: 20_000, jitter: 0 };
    const play1: Told[] = [keep, 'intend', ['a/provision', accepted], due, ['a/provision', made, 'callback']];
    const events = play(...play1);
    const [id] = legalAnswers(fold(events));
    expect(fold([...events, ...step(fold(events), accept(id!))]).status).toBe('PROVISIONED');

    const gaveUp: Told[] = [one, 'intend', ['a/provision', accepted], due, 'intend', ['a/deprovision', gone]];
    const end = play(...gaveUp, ['a/provision', made, 'callback']);
    const state = fold(end);
    expect(state.status).toBe('DEPROVISIONED');
    const [late] = legalAnswers(state);
    const again = fold([...end, ...step(state, accept(late!))]);
    expect(again.status).toBe('DEPROVISIONING');
    expect(decider.next(again)).toMatchObject([{ key: 'a/deprovision/2', input: { resource: { id: 'r1' } } }]);
  });
});
