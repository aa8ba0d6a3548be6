import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import type { Outcome, Vault } from '#kernel';
import type { Stage } from '#portfolio';
import type { EffectCall } from '#runtime';
import { pollEffect, postEffect } from './stage-effect.js';

const SECRET = 'hunter22';
const stage = {
  name: 'S',
  payload: { schema: Type.Object({ password: Type.String({ secret: true }) }), from: {} },
  effect: 's',
  policy: { completion: { kind: 'poll' } },
  result: Type.Object({}),
} as unknown as Stage;
const vault = { get: async () => SECRET } as unknown as Vault;
const call = { input: { password: 'vault:p#1', location: 'http://csp/1' }, signal: AbortSignal.any([]) } as EffectCall;

/** A CSP that says this. */
const target = (outcome: Outcome) => ({ vault, url: 'http://csp/s', client: { send: async () => outcome } });
const operation: Outcome = {
  kind: 'done',
  result: { status: 'Failed', error: { code: 'Weak', message: `${SECRET}?` } },
};
const refusal: Outcome = { kind: 'failed', failure: { kind: 'refused', code: 'Weak', message: `${SECRET}?` } };

describe('a CSP that repeats a secret in what it says of a failure', () => {
  it.each([
    ['the call', postEffect(stage, target(refusal))],
    ['a poll', pollEffect(stage, target(refusal))],
    ['an operation that ended badly', pollEffect(stage, target(operation))],
  ])('is recorded without it: %s', async (_what, effect) => {
    expect(await effect.run(call)).toMatchObject({ kind: 'failed', failure: { code: 'Weak', message: '[secret]?' } });
  });
});
