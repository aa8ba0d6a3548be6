import { describe, expect, it } from '@jest/globals';
import type { Transporter } from 'nodemailer';
import type { EffectCall } from '#runtime';
import { mailEffect } from './mail.effect.js';

describe('a notice by SMTP', () => {
  const sent: object[] = [];
  const works = { sendMail: async (mail: object) => void sent.push(mail) } as unknown as Transporter;
  const input = { password_recovery_email_address: 'ada@example.org', subject: 'Done', text: 'It is there.' };
  const call = { input, idempotencyKey: 'portfolio-1/after/NOTICE/1' } as unknown as EffectCall;

  it('is sent by a transport that is opened once, and anew after one that could not be', async () => {
    const opened: string[] = [];
    const effect = mailEffect('smtp://mail.example', 'purveyor@example.org', async (url) => {
      opened.push(url);
      if (opened.length === 1) throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
      return works;
    });
    const failed = await Promise.all([effect.run(call), effect.run(call)]);
    expect(failed).toMatchObject([1, 2].map(() => ({ kind: 'failed', failure: { code: 'emfile' } })));
    for (const _twice of [1, 2]) expect(await effect.run(call)).toMatchObject({ kind: 'done', result: { sent: true } });
    expect(opened).toEqual(['smtp://mail.example', 'smtp://mail.example']);
    const [first, second] = sent;
    expect(first).toEqual(second);
    expect(first).toMatchObject({ from: 'purveyor@example.org', to: 'ada@example.org', subject: 'Done' });
  });
});
