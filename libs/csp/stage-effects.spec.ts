import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import type { Outcome, Vault } from '#kernel';
import type { Stage } from '#portfolio';
import type { EffectCall } from '#runtime';
import { stageEffects } from './stage-effects.js';

const SECRET = 'hunter22';
const stage = {
  name: 'S',
  payload: { schema: Type.Object({ password: Type.String({ secret: true }) }), from: {} },
  effect: 's',
  pollEffect: 's.poll',
  policy: { completion: { kind: 'poll' } },
  calls: [{ method: 'POST', api: 'csp', path: '/s' }],
  result: Type.Object({}),
} as unknown as Stage;
const vault = { get: async () => SECRET } as unknown as Vault;
const call = {
  stream: 'portfolio-a',
  key: 'S/1',
  idempotencyKey: 'portfolio-a/S/1',
  input: { password: 'vault:p#1', location: 'http://csp/1', user_id: 'ada', address: { city: 'Ulm', note: 'lies' } },
  signal: AbortSignal.any([]),
} as unknown as EffectCall;

/** A CSP that says this. */
function effects(outcome: Outcome) {
  const target = { vault, endpoints: { csp: 'http://csp' }, client: { send: async () => outcome } };
  const [post, poll] = stageEffects(stage, target);
  return { call: post!, poll: poll! };
}
const refusal: Outcome = {
  kind: 'failed',
  failure: { kind: 'refused', code: 'Weak', message: `${SECRET}? Ada of Ulm lies` },
};

describe('a CSP that repeats a secret and personal values in what it says of a failure', () => {
  it.each([
    ['the call', effects(refusal).call],
    ['a poll', effects(refusal).poll],
  ])('is recorded without them: %s', async (_what, effect) => {
    const message = '[secret]? [personal] of [personal] lies';
    expect(await effect.run(call)).toMatchObject({ kind: 'failed', failure: { code: 'Weak', message } });
  });
});
