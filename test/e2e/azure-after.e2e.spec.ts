import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { changesOf, objectsIn } from './azure.js';
import { createAzure, expectProblem, fundedFacts, portfolio, reaches, taskOrder } from './portfolios.js';
import { preload } from './programs.js';
import { until, World } from './world.js';

/** What the capture server took, and how often it says first that it is busy. */
const mails: string[] = [];
let busy = 2;
const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData: (stream, _session, callback) => {
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    stream.on('end', () => {
      if (busy-- > 0) return callback(Object.assign(new Error('try later'), { responseCode: 451 }));
      mails.push(text);
      callback();
    });
  },
});

let world: World;
beforeAll(async () => {
  const listening = smtp.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  world = await World.start({ PURVEYOR_SMTP_URL: `smtp://127.0.0.1:${port}` });
  await world.settings({ pollsBeforeDone: 0, retryAfterSeconds: 0 });
}, 60_000);
afterAll(async () => {
  await world?.stop();
  await new Promise<void>((resolve) => smtp.close(resolve));
});

const duty = (found: any, name: string) => found.after?.find((one: any) => one.stage === name);
const dutyReaches = (id: string, name: string, state: string) =>
  until(
    () => portfolio(world, id),
    (found) => duty(found, name)?.state === state,
  );

describe('what is owed after completion', () => {
  it('a notice that the mail server was too busy for is tried again and sent once', async () => {
    const id = await createAzure(world);
    const done = await dutyReaches(id, 'NOTICE', 'COMPLETED');
    expect(done).toMatchObject({ phase: 'COMPLETED', state: 'COMPLETED' });
    expect(duty(done, 'NOTICE')).toMatchObject({ attempts: 3, result: { sent: true } });
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain(duty(done, 'NOTICE').result.message_id);
    expect(mails[0]).toContain('To: ada@example.org');
  }, 60_000);

  it('further CLINs are reported once each under names of their own; one that fails holds up no other', async () => {
    const line = (number: string) => (taskOrder({ number })['clins'] as object[])[0];
    const task_orders = [{ ...taskOrder(), clins: ['0001', '0002', '0003'].map(line) }];
    await world.script(
      { kind: 'billingInstruction', keyContains: 'after/CLIN-TO-1-0002' },
      { kind: 'fail', status: 403 },
    );
    const id = await createAzure(world, { facts: fundedFacts({ task_orders }) });
    const failed = await dutyReaches(id, 'CLIN-TO-1-0002', 'FAILED');
    expect(failed.phase).toBe('COMPLETED');
    await dutyReaches(id, 'CLIN-TO-1-0003', 'COMPLETED');
    const path = `/api/portfolios/${id}/stages/CLIN-TO-1-0002/resume`;
    expect((await world.api('POST', path, {})).status).toBe(202);
    await dutyReaches(id, 'CLIN-TO-1-0002', 'COMPLETED');
    expectProblem(await world.api('POST', path, {}), 409, 'state_conflict');
    const later = [{ ...taskOrder({ number: '0009' }), number: 'TO-2' }];
    await world.api('PATCH', `/api/portfolios/${id}/facts`, { facts: { task_orders: [...task_orders, ...later] } });
    await dutyReaches(id, 'CLIN-TO-2-0009', 'COMPLETED');
    const reported = (await changesOf(world, id)).filter(({ kind }) => kind === 'billingInstruction');
    expect(reported.map((entry) => decodeURIComponent(entry.path.split('/').at(-1)!)).sort()).toEqual([
      'TO-1:CLIN0001',
      'TO-1:CLIN0002',
      'TO-1:CLIN0003',
      'TO-2:CLIN0009',
    ]);
    await world.api('POST', `/api/portfolios/${id}/deprovision`, { reason: 'closed' });
    const back = await reaches(world, id, 'DEPROVISIONED');
    expect(duty(back, 'CLIN-TO-2-0009').undo).toMatchObject({ state: 'DEPROVISIONED' });
    const profile = back.stages[2].result.billing_profile_name as string;
    const instructions = (await objectsIn(world, 'instructions')).filter(({ scope }) => scope.endsWith(`/${profile}`));
    expect(instructions).toEqual([]);
  }, 90_000);

  it('a CLIN of the future waits for its day without anybody', async () => {
    const future = { ...taskOrder({ number: '0005', start_date: '2098-01-01' }), number: 'TO-3' };
    const id = await createAzure(world, { facts: fundedFacts({ task_orders: [taskOrder(), future] }) });
    const found = await reaches(world, id, 'COMPLETED');
    expect(duty(found, 'CLIN-TO-3-0005')).toBeUndefined();
    expect((await changesOf(world, id)).filter(({ kind }) => kind === 'billingInstruction')).toHaveLength(1);
  }, 60_000);

  it('when the day comes, what waited for it goes on by itself, also over a restart', async () => {
    const tomorrow = { start_date: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10) };
    const waiting = await createAzure(world, { facts: fundedFacts({ task_orders: [taskOrder(tomorrow)] }) });
    const postponed = await reaches(world, waiting, 'POSTPONED');
    expect(postponed.postponed).toMatchObject({ code: 'period_not_begun', until: Date.parse(tomorrow.start_date) });
    const later = { ...taskOrder({ ...tomorrow, number: '0007' }), number: 'TO-4' };
    const id = await createAzure(world, { facts: fundedFacts({ task_orders: [taskOrder(), later] }) });
    await reaches(world, id, 'COMPLETED');
    await world.restartServer({
      ...preload('clock-ahead'),
      CLOCK_AHEAD_MS: String(2 * 86_400_000),
    });
    await reaches(world, waiting, 'COMPLETED', 60_000);
    await dutyReaches(id, 'CLIN-TO-4-0007', 'COMPLETED');
  }, 120_000);
});
