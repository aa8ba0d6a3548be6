import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '#kernel';
import { MemoryVault } from '#testing';
import { Type } from 'typebox';
import type { Stage } from '#portfolio';
import { conceal, concealTold } from './conceal.js';

const failed = (code: string, message: string): Outcome => ({
  kind: 'failed',
  failure: { kind: 'refused', code, message, status: 400 },
});

describe('what a CSP says of a failure', () => {
  it('is recorded without the secrets of the request, wherever they are in it', () => {
    const said = failed('Weak:hunter22', 'hunter22 is weak; hunter22 and s3cret-key');
    expect(conceal(said, ['hunter22', 's3cret-key'])).toEqual(
      failed('Weak:[secret]', '[secret] is weak; [secret] and [secret]'),
    );
  });

  it('is recorded without the personal values of the request, where they are words', () => {
    const said = failed('Exists', 'Ada (ada.l+x@example.com) of Adams & Co exists, ADA!');
    const payload = {
      first_name: 'ada',
      last_name: 'of',
      password_recovery_email_address: 'ada.l+x@example.com',
      address: { city: '' },
    };
    expect(conceal(said, [], payload)).toEqual(
      failed('Exists', '[personal] ([personal]) of Adams & Co exists, [personal]!'),
    );
  });

  it('stays as it is where nothing secret was sent, and so do results', () => {
    const said = failed('Weak', 'too short');
    expect(conceal(said, [''])).toEqual(said);
    const done: Outcome = { kind: 'done', result: { domain_name: 'hunter22' } };
    expect(conceal(done, ['hunter22'])).toBe(done);
  });
});

describe('what a CSP says later, by callback', () => {
  const schema = Type.Object({ first_name: Type.String(), password: Type.String({ secret: true }) });
  const stage = { payload: { schema, from: {} } } as unknown as Stage;
  const said = failed('Weak', 'Ada, hunter22 is weak');

  it('is recorded without the secrets and the personal values of the request', async () => {
    const vault = new MemoryVault();
    const payload = { first_name: 'Ada', password: await vault.put('p', 'hunter22') };
    expect(await concealTold(said, stage, payload, vault)).toEqual(failed('Weak', '[personal], [secret] is weak'));
  });

  it('is recorded without its words where the secret is there no more', async () => {
    const payload = { first_name: 'Ada', password: 'vault:p#1' };
    expect(await concealTold(said, stage, payload, new MemoryVault())).toEqual(failed('[secret]', '[secret]'));
  });

  it.each(['vault_damaged', 'SQLITE_BUSY', undefined])(
    'is not taken while the vault has the fault %s',
    async (code) => {
      const fault = Object.assign(new Error('no secret now'), { code });
      const payload = { first_name: 'Ada', password: 'vault:p#1' };
      const vault = { get: () => Promise.reject(fault) };
      await expect(concealTold(said, stage, payload, vault)).rejects.toBe(fault);
    },
  );
});
