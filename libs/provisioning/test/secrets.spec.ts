import { describe, expect, it } from '@jest/globals';
import type { Outcome, Run } from '#kernel';
import { stepOf } from '#runtime';
import { MemoryVault } from '#testing';
import {
  acceptable,
  discardRefused,
  LARGEST_RESOURCE,
  NOT_KEPT,
  protectSecret,
  requestAt,
  type Operation,
  type OperationState,
} from '../index.js';
import {
  accepted,
  after,
  create,
  decider,
  deprovision,
  fold,
  manifest,
  refused,
  step as tell,
  type Told,
} from './fixture.js';
import { SEED } from '../../testing/seed.js';

const STEP = 'a/provision';
const NAME = `operation-o/${STEP}`;
const made = (secret?: unknown, id = 'i'): Outcome => ({
  kind: 'done',
  result: { id, address: {}, ...(secret !== undefined && { secret }) },
});
const waiting: Told[] = [create(manifest('a')), 'intend', [STEP, accepted]];

/** An operation that hears callbacks as the intake does: secret, decision, and what the decision had no use for. */
class Intake {
  constructor(
    readonly vault: MemoryVault,
    public state: OperationState = after(...waiting),
  ) {}

  protect = (outcome: Outcome): Promise<Outcome> =>
    protectSecret(this.vault, 'operation-o', STEP, outcome, async () => this.state);

  decide(outcome: Outcome, callbackId: string): readonly string[] {
    const command = { type: 'Outcome', key: `${STEP}/1`, attempt: 0, outcome, time: 5, jitter: 0 } as const;
    const events = decider.decide({ ...command, via: 'callback', callbackId }, this.state);
    this.state = fold(events, this.state);
    return events.map(({ type, data }) => ('verdict' in data ? data.verdict : type));
  }

  release = (outcome: Outcome): Promise<void> => discardRefused(this.vault, STEP, outcome, this.state);

  async receive(outcome: Outcome, id: string): Promise<readonly string[]> {
    const kept = await this.protect(outcome);
    const said = this.decide(kept, id);
    await this.release(kept);
    return said;
  }

  async tell(...told: Told[]): Promise<void> {
    for (const one of told) {
      this.state = fold(tell(this.state, one), this.state);
      for (const owed of decider.next(this.state) as Run[])
        if (owed.effect === 'provisioning.forget-secret')
          await this.vault.remove((owed.input as { secretRef: string }).secretRef);
    }
  }

  get recorded(): string | undefined {
    const request = requestAt(this.state as Operation, STEP);
    return request?.status === 'done' ? (request.result as { secretRef?: string }).secretRef : undefined;
  }
}
const intake = (...told: Told[]) => new Intake(new MemoryVault(), after(...waiting, ...told));

describe('the secret of an answer', () => {
  it('is in the vault under a name of the operation, and no reference from outside is believed', async () => {
    const vault = new MemoryVault();
    const result = { id: 'i', address: {}, secret: { user: 'u' }, secretRef: 'vault:other#1', more: 'gone' };
    expect(await protectSecret(vault, 'operation-o', STEP, { kind: 'done', result })).toEqual({
      kind: 'done',
      result: { id: 'i', address: {}, secretRef: `vault:${NAME}#1` },
    });
    expect(await vault.get(`vault:${NAME}#1`)).toBe('{"user":"u"}');
    expect(await protectSecret(vault, 'operation-o', 'a/deprovision', { kind: 'done', result })).toEqual({
      kind: 'done',
      result: {},
    });
  });

  it('is the same in another order of its keys', async () => {
    const op = intake();
    await op.receive(made({ user: 'u', password: 'p' }), 'm1');
    expect(await op.receive(made({ password: 'p', user: 'u' }), 'm2')).toEqual(['duplicate']);
  });

  it('is not stored when the need was met by another: 409', async () => {
    const op = intake();
    await op.receive(made('first'), 'm1');
    expect(await op.receive(made('second'), 'm2')).toEqual(['conflict']);
    expect([op.vault.references, op.recorded]).toEqual([[`vault:${NAME}#1`], `vault:${NAME}#1`]);
  });

  it('is not stored when the need was met without one', async () => {
    const op = intake();
    await op.receive(made(), 'm1');
    expect(await op.receive(made('second'), 'm2')).toEqual(['conflict']);
    expect(op.vault.references).toEqual([]);
    expect(JSON.stringify(op.state)).toContain(NOT_KEPT);
  });

  it('does not come back when its resource has gone, and the repeat is still a duplicate', async () => {
    const op = intake();
    await op.receive(made('first'), 'm1');
    const gone: Outcome = { kind: 'done', result: {} };
    await op.tell(deprovision, 'intend', ['a/deprovision', gone], 'intend', ['a/secret', gone]);
    expect([(op.state as Operation).status, op.vault.references]).toEqual(['DEPROVISIONED', []]);
    expect(await op.receive(made('first'), 'm2')).toEqual(['duplicate']);
    expect(op.vault.references).toEqual([]);
  });

  it('is kept of a late answer, because an operator can accept it; not of the 21st', async () => {
    const due: Told = { type: 'Due', key: `${STEP}/1`, time: 20_000, jitter: 0 };
    const op = intake(due, 'intend', ['a/deprovision', { kind: 'done', result: {} }]);
    for (let n = 0; n < 25; n++) await op.receive(made(`secret-${n}`), `m${n}`);
    expect(op.vault.references).toHaveLength(20);
    expect(acceptable(op.state as Operation)).toHaveLength(20);
    await op.tell({ type: 'AcceptLateAnswer', answerId: 'm7', reason: 'seen', time: 9 });
    expect(await op.vault.get(op.recorded!)).toBe('secret-7');
    const gone: Outcome = { kind: 'done', result: {} };
    await op.tell('intend', ['a/deprovision', gone], 'intend', ['a/secret', gone]);
    expect([(op.state as Operation).status, op.vault.references]).toEqual(['DEPROVISIONED', []]);
  });

  it('of a late answer goes with a resource that was made without one after all', async () => {
    const op = new Intake(
      new MemoryVault(),
      after(create(manifest('a', { onFailure: 'leave' })), 'intend', [STEP, accepted]),
    );
    await op.tell({ type: 'Due', key: `${STEP}/1`, time: 20_000, jitter: 0 });
    await op.receive(made('late'), 'm1');
    await op.tell({ type: 'RetryOperation', time: 9 }, 'intend', [STEP, made()]);
    expect([(op.state as Operation).status, op.vault.references.length]).toEqual(['PROVISIONED', 1]);
    const gone: Outcome = { kind: 'done', result: {} };
    await op.tell(deprovision, 'intend', ['a/deprovision', gone], 'intend', ['a/secret', gone]);
    expect([(op.state as Operation).status, op.vault.references]).toEqual(['DEPROVISIONED', []]);
  });

  it('that a crash left behind goes with the repeat that is refused', async () => {
    const op = intake();
    await op.protect(made('lost'));
    await op.receive(made('won'), 'm2');
    expect(op.vault.references).toHaveLength(2);
    expect(await op.receive(made('lost'), 'm1')).toEqual(['conflict']);
    expect((await op.vault.versions(NAME)).map(({ secret }) => secret)).toEqual(['won']);
  });
});

describe('callbacks at the same time, with crashes between secret, decision and release', () => {
  console.log(`secrets of callbacks: seed ${SEED}`);

  it('leave the secret of the one that was accepted, and no other', async () => {
    for (let schedule = 0; schedule < 300; schedule++) {
      let seed = (SEED + schedule * 7_919) % 2_147_483_647 || 1;
      const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
      const op = intake();
      const senders = Array.from({ length: 5 }, (_, n) => {
        const secret = ['x', 'y', 'z', undefined][random(4)];
        return { id: `m${n}`, said: made(secret), stage: 0, kept: made(), crashes: random(3) };
      });
      for (let open = [...senders]; open.length > 0; open = open.filter(({ stage }) => stage < 3)) {
        const one = open[random(open.length)]!;
        if (one.stage > 0 && one.crashes > 0 && random(3) === 0) {
          one.crashes--;
          one.stage = 0;
          continue;
        }
        if (one.stage === 0) one.kept = await op.protect(one.said);
        if (one.stage === 1) op.decide(one.kept, one.id);
        if (one.stage === 2) await op.release(one.kept);
        one.stage++;
      }
      // Whoever was not answered, because of a crash, repeats.
      for (const { id, said } of senders) await op.receive(said, id);
      expect({ schedule, left: op.vault.references }).toEqual({ schedule, left: op.recorded ? [op.recorded] : [] });
    }
  });
});

describe('what is said besides', () => {
  const failure = (message: string): Outcome => ({
    kind: 'failed',
    failure: { kind: 'retryable', code: 'no', message, fields: [{ pointer: '/a', message }] },
  });

  it('tells no secret that is known of the need', async () => {
    const vault = new MemoryVault();
    await vault.put(NAME, '{"user":"ann","password":"correct-horse"}');
    await vault.put(`${NAME}x`, 'of another need');
    const said = failure('ann may not log in with correct-horse; of another need');
    const hidden = failure('ann may not log in with [secret]; of another need');
    expect(await protectSecret(vault, 'operation-o', 'a/deprovision', said)).toEqual(hidden);
    const progress = { kind: 'pending', progress: { trying: ['correct-horse'] } } as const;
    expect(await protectSecret(vault, 'operation-o', STEP, progress)).toEqual({
      kind: 'pending',
      progress: { trying: ['[secret]'] },
    });
  });

  it('is bounded: progress is cut, a resource that is none is a failure with hash and beginning', async () => {
    const vault = new MemoryVault();
    const long = await protectSecret(vault, 'operation-o', STEP, { kind: 'pending', progress: ['x'.repeat(10_000)] });
    expect((long as { progress: string }).progress).toHaveLength(4_096);
    const large = {
      kind: 'done',
      result: { address: { x: 'x'.repeat(LARGEST_RESOURCE) }, secret: 'hunter22' },
    } as const;
    const cut = await protectSecret(vault, 'operation-o', STEP, large);
    expect(cut).toMatchObject({ failure: { kind: 'invalid_result', code: 'result_too_large' } });
    expect(JSON.stringify(cut)).toMatch(/sha256 [0-9a-f]{64}/);
    expect([JSON.stringify(cut).length < 5_000, vault.references]).toEqual([true, []]);
  });

  it('a refusal tells nothing when nothing is known', async () => {
    expect(await protectSecret(new MemoryVault(), 'operation-o', STEP, refused)).toBe(refused);
    expect(stepOf(`${STEP}/1`)).toBe(STEP);
  });
});

describe('what an operation holds of answers', () => {
  it('is bounded: the last 256, and results of the last 20', () => {
    const leave = after(create(manifest(['a', 'b'], { onFailure: 'leave' })), 'intend', ['b/provision', accepted]);
    let state: OperationState = fold(tell(leave, [STEP, refused]), leave);
    for (let n = 0; n < 300; n++) state = fold(tell(state, [STEP, made(undefined, `i${n}`), 'callback']), state);
    const { answers, status } = state as Operation;
    expect([status, answers.length]).toEqual(['PROVISIONING_REQUESTED', 256]);
    expect(answers.filter(({ result }) => result !== undefined)).toHaveLength(20);
    expect(answers.at(-1)!.result).toMatchObject({ id: 'i299' });
  });

  it('keeps no result of repeats and of progress', () => {
    let state: OperationState = after(...waiting, [STEP, made(), 'callback']);
    state = fold(tell(state, [STEP, made(), 'callback']), state);
    expect((state as Operation).answers).toEqual([expect.not.objectContaining({ result: expect.anything() })]);
  });
});
