import { setTimeout as sleep } from 'node:timers/promises';
import { allEnd, begin, type Job } from './production.campaign.js';
import type { Production } from './production.world.js';
import { until, type AuditEvent } from './world.js';

export const TENANTS = { method: 'POST', path: '/csp/azure/tenants' };

/** Portfolios whose first stage is to be tried again at a time that is recorded. */
export async function retrying(world: Production, name: string, count: number): Promise<readonly Job[]> {
  await world.script(TENANTS, { kind: 'fail', status: 503, retryAfter: 8 }, count);
  const jobs = await Promise.all(Array.from({ length: count }, (_, n) => begin(world, 'portfolio', `${name}${n}`)));
  for (const job of jobs)
    await until(
      () => eventsOf(world, job),
      (events) => named(events, 'StageRetryScheduled').length > 0,
    );
  return jobs;
}

export const eventsOf = (world: Production, job: Job) => world.events(`portfolio-${job.id}`);
export const named = (events: readonly AuditEvent[], type: string) => events.filter((event) => event.type === type);

/** Waits until so many ms behind the first due time, or before it where it is negative. */
export async function moment(world: Production, jobs: readonly Job[], ms: number): Promise<void> {
  const times = await Promise.all(
    jobs.map(async (job) => named(await eventsOf(world, job), 'StageRetryScheduled')[0]!.data['notBefore']),
  );
  await sleep(Math.max(0, Math.min(...times) + ms - Date.now()));
}

/** How late the attempt behind the first scheduled retry was recorded, ms. */
async function lateness(world: Production, job: Job): Promise<number> {
  const events = await eventsOf(world, job);
  const scheduled = named(events, 'StageRetryScheduled')[0]!;
  const next = named(events, 'StageStarted').find(({ revision }) => revision > scheduled.revision)!;
  return next.metadata['time'] - scheduled.data['notBefore'];
}

/** Waits for their ends; answers the largest lateness, ms. */
export async function latest(world: Production, jobs: readonly Job[]): Promise<number> {
  await allEnd(world, jobs);
  const late = await Promise.all(jobs.map((job) => lateness(world, job)));
  console.info(`due times met after ${late.join(', ')} ms`);
  return Math.max(...late);
}
