import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '#kernel';
import type { Effect, EffectCall } from '#runtime';
import { CspGate } from './gate.js';

const call = (ms = 5_000) => ({ signal: AbortSignal.timeout(ms) }) as EffectCall;
const busy: Outcome = { kind: 'failed', failure: { kind: 'retryable', code: 'busy', message: 'm' } };
const refused: Outcome = { kind: 'failed', failure: { kind: 'refused', code: 'no', message: 'm' } };
const done: Outcome = { kind: 'done', result: {} };

function world(limits = { concurrency: 2, perSecond: 0 }, attemptMs = 200) {
  const at = { now: 1_000_000, outcome: done, under: 0, most: 0 };
  const gate = new CspGate(limits, () => at.now);
  const effect: Effect = {
    name: 'e',
    attemptMs,
    run: async () => {
      at.most = Math.max(at.most, ++at.under);
      await new Promise((resolve) => setTimeout(resolve, 10));
      at.under--;
      return at.outcome;
    },
  };
  return { at, gate, guarded: gate.guard(effect) };
}

describe('the gate of a CSP', () => {
  it('lets no more through at once than its limit, however many effects there are', async () => {
    const { at, guarded } = world();
    await Promise.all(Array.from({ length: 8 }, () => guarded.run(call())));
    expect(at.most).toBe(2);
  });

  it('lets no more through in a second than its rate', async () => {
    const { at, gate, guarded } = world({ concurrency: 10, perSecond: 3 });
    const five = Array.from({ length: 5 }, () => guarded.run(call()));
    await Promise.all(five.slice(0, 3));
    expect(gate.status().waiting).toBe(2);
    at.now += 1_001;
    at.outcome = done;
    expect(await Promise.all(five)).toHaveLength(5);
  });

  it('tells whoever got no place in time that nothing was sent', async () => {
    const { guarded } = world({ concurrency: 0, perSecond: 0 });
    const clocked = world({ concurrency: 0, perSecond: 0 });
    const waiting = clocked.guarded.run(call());
    clocked.at.now += 101;
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable', status: 503 });
    expect(guarded.concurrency).toBe(0);
  });

  it('opens after twenty silences in a row, tries one later, and closes by itself', async () => {
    const { at, gate, guarded } = world();
    at.outcome = busy;
    for (let n = 0; n < 19; n++) await guarded.run(call());
    expect([gate.status().circuit, guarded.concurrency]).toEqual(['closed', 2]);
    await guarded.run(call());
    expect([gate.status().circuit, guarded.concurrency]).toEqual(['open', 0]);
    at.now += 15_000;
    expect([gate.status().circuit, guarded.concurrency]).toEqual(['half_open', 1]);
    await guarded.run(call());
    expect(gate.status().circuit).toBe('open');
    at.now += 15_000;
    at.outcome = done;
    await guarded.run(call());
    expect([gate.status().circuit, gate.status().until, guarded.concurrency]).toEqual(['closed', null, 2]);
  });

  it('takes a refusal for an answer', async () => {
    const { at, gate, guarded } = world();
    for (let n = 0; n < 30; n++) {
      at.outcome = n % 19 === 18 ? refused : busy;
      await guarded.run(call());
    }
    expect(gate.status().circuit).toBe('closed');
  });

  it('has no slot while it is paused', () => {
    const { gate, guarded } = world();
    gate.paused = true;
    expect(guarded.concurrency).toBe(0);
    gate.paused = false;
    expect(guarded.concurrency).toBe(2);
  });

  it('says when its circuit opens, opens again and closes, once each', async () => {
    const { at, gate, guarded } = world();
    const said: string[] = [];
    gate.onCircuit = ({ circuit, failuresInARow }) => said.push(`${circuit} ${failuresInARow}`);
    at.outcome = busy;
    for (let n = 0; n < 22; n++) await guarded.run(call());
    at.now += 15_000;
    await guarded.run(call());
    at.now += 15_000;
    at.outcome = refused;
    await guarded.run(call());
    await guarded.run(call());
    expect(said).toEqual(['open 20', 'open 23', 'closed 0']);
  });
});
