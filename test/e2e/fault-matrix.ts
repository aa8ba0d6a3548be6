import type { Behaviour, LedgerEntry } from '../../apps/sandbox/sandbox.types.js';
import { DEFAULT_RETRY } from '../../libs/runtime/policy.js';
import { derivedId } from '../../libs/workflow/application/derived-id.js';
import { createPortfolio, facts } from './portfolios.js';
import { until, type World } from './world.js';

/** A request that can suffer: a stage told at once, polled or by callback, and the workflow's step that calls the directory. */
export interface Target {
  readonly step: string;
  readonly path: string;
  readonly kind: string;
  readonly told: string;
}
export const TARGETS: readonly Target[] = [
  { step: 'TENANT', path: '/csp/azure/tenants', kind: 'tenants', told: 'at once' },
  { step: 'BILLING_PROFILE', path: '/csp/azure/billing-profiles', kind: 'billing-profiles', told: 'polled' },
  {
    step: 'ADMIN_SUBSCRIPTION',
    path: '/csp/azure/admin-subscriptions',
    kind: 'admin-subscriptions',
    told: 'by callback',
  },
  { step: 'provision_user_group', path: '/scim/v2/Groups', kind: 'Groups', told: 'by the directory' },
];
const isStage = ({ path }: Target): boolean => path.startsWith('/csp');

export interface Fault {
  readonly name: string;
  readonly behaviour: Behaviour;
  readonly times: number;
  /** Requests of the first key until the end is reached or the request has failed. */
  readonly requests: number;
  /** Where a callback may tell the end before the repeat is due. */
  readonly fewest?: number;
  /** Least time between two of them beside the policy's, ms. */
  readonly apart?: number;
  /** What people then see; absent when the work goes on by itself. */
  readonly failure?: { readonly kind: string; readonly code?: string };
}

const FINAL = { error: { code: 'DomainTaken', message: 'somebody has it' }, detail: 'somebody has it' };

/** What the target does to the request, and what is to come of it under the default policy. */
export function faultsOf(target: Target): readonly Fault[] {
  const stage = isStage(target);
  const unreadable = (shape: 'text' | 'json'): Fault => ({
    name: `answers garbage (${shape})`,
    behaviour: { kind: 'garbage', shape },
    times: 1,
    // The directory is asked again: it can be asked whether the group is there.
    ...(stage ? { requests: 1, failure: { kind: 'invalid_result' } } : { requests: 2 }),
  });
  return [
    { name: 'fails twice with 503', behaviour: { kind: 'fail', status: 503 }, times: 2, requests: 3 },
    {
      name: 'fails with 429 and Retry-After 3',
      behaviour: { kind: 'fail', status: 429, retryAfter: 3 },
      times: 1,
      requests: 2,
      apart: 3_000,
    },
    {
      name: `fails ${DEFAULT_RETRY.limit} times with 503`,
      behaviour: { kind: 'fail', status: 503 },
      times: DEFAULT_RETRY.limit,
      requests: DEFAULT_RETRY.limit,
      // The step's operation gave up, which is final for the step's key.
      failure: stage
        ? { kind: 'retryable', code: 'ScriptedFailure' }
        : { kind: 'refused', code: 'directory_unavailable' },
    },
    {
      name: 'refuses with 400',
      behaviour: { kind: 'fail', status: 400, body: FINAL },
      times: 1,
      requests: 1,
      failure: { kind: 'refused', code: stage ? 'DomainTaken' : 'directory_refused' },
    },
    { name: 'answers late, but in time', behaviour: { kind: 'delay', ms: 600 }, times: 1, requests: 1 },
    // Cut off 10 s after its intent; on a slow machine the request comes some time after that.
    { name: 'hangs', behaviour: { kind: 'hang' }, times: 1, requests: 2, apart: 5_000 },
    { name: 'cuts the connection', behaviour: { kind: 'cut' }, times: 1, requests: 2 },
    {
      name: 'does the work and loses the answer',
      behaviour: { kind: 'lose_answer' },
      times: 1,
      // The directory is searched before the repeat, so the group is found.
      requests: stage ? 2 : 1,
      ...(target.told === 'by callback' && { fewest: 1 }),
    },
    unreadable('text'),
    unreadable('json'),
  ];
}

export interface Suffered {
  /** The answer of GET detail at the end or at the failure. */
  readonly seen: any;
  readonly failure: { readonly kind: string; readonly code: string; readonly message: string } | null;
  /** Requests until then. */
  readonly before: readonly LedgerEntry[];
  /** All requests, after a resume if the first round failed. */
  readonly all: readonly LedgerEntry[];
  readonly ended: any;
}

let jobs = 0;
const LONG_MS = 60_000;
const EVERY_MS = 250;

/** Lets one job suffer the fault; presses resume if it fails, and waits for its good end. */
export async function suffer(world: World, target: Target, fault: Fault): Promise<Suffered> {
  const mark = `fault${++jobs}x`;
  const match = { method: 'POST', path: target.path, bodyContains: `"${mark}"` };
  await world.script(match, fault.behaviour, fault.times);
  const job = isStage(target) ? await stageJob(world, target, mark) : await processJob(world, target, mark);
  const ask = (done: (seen: any) => boolean) => until(job.detail, (seen) => seen && done(seen), LONG_MS, EVERY_MS);
  const requests = async () =>
    (await world.ledger()).filter((entry) => entry.method === 'POST' && job.owns(entry.key ?? ''));
  const seen = await ask((each) => job.ended(each) || job.failure(each) !== null);
  const [failure, before] = [job.ended(seen) ? null : job.failure(seen), await requests()];
  if (failure !== null) await job.resume();
  const ended = await ask(job.ended);
  return { seen, failure, before, all: await requests(), ended };
}

async function stageJob(world: World, { step }: Target, mark: string) {
  const names = { billing_profile_display_name: mark, admin_subscription_display_name: mark };
  const id = await createPortfolio(world, { name: mark, facts: facts({ domain_name: mark, ...names }) });
  const stageOf = (seen: any) => seen.stages.find((each: any) => each.stage === step);
  return {
    detail: async () => (await world.api('GET', `/api/portfolios/${id}`)).body,
    ended: (seen: any): boolean => seen.state === 'COMPLETED',
    failure: (seen: any) => (seen.state === `${step}_FAILED` ? stageOf(seen).failure : null),
    owns: (key: string): boolean => key.startsWith(`portfolio-${id}/${step}/`),
    resume: () => world.api('POST', `/api/portfolios/${id}/stages/${step}/resume`, {}),
  };
}

async function processJob(world: World, { step }: Target, mark: string) {
  const products = await world.api('GET', '/api/products');
  const pages = [{ product: products.body[0].product_id }, { group_name: mark }];
  const { id } = (await world.api('POST', '/api/processes/create_user_group', pages)).body;
  const stepOf = (seen: any) => seen.steps.find((each: any) => each.key === step);
  return {
    detail: async () => (await world.api('GET', `/api/processes/${id}`)).body,
    ended: (seen: any): boolean => seen.last_status === 'completed',
    failure: (seen: any) => (seen.last_status === 'failed' ? stepOf(seen).failure : null),
    owns: (key: string): boolean => key === derivedId(`${id}/subscription`),
    resume: () => world.api('PUT', `/api/processes/${id}/resume`),
  };
}

/** What an operation does to the question how it stands. A passing fault costs one interval and no attempt. */
export const POLL_FAULTS: readonly Omit<Fault, 'requests' | 'fewest' | 'apart'>[] = [
  { name: 'fails twice with 503', behaviour: { kind: 'fail', status: 503 }, times: 2 },
  { name: 'cuts the connection', behaviour: { kind: 'cut' }, times: 1 },
  { name: 'loses the answer', behaviour: { kind: 'lose_answer' }, times: 1 },
  { name: 'answers late, but in time', behaviour: { kind: 'delay', ms: 600 }, times: 1 },
  { name: 'hangs', behaviour: { kind: 'hang' }, times: 1 },
  { name: 'is gone (404)', behaviour: { kind: 'fail', status: 404 }, times: 1, failure: { kind: 'refused' } },
  {
    name: 'answers garbage (text)',
    behaviour: { kind: 'garbage', shape: 'text' },
    times: 1,
    failure: { kind: 'invalid_result', code: 'not_json' },
  },
  {
    name: 'ends in a failure',
    behaviour: { kind: 'poll', times: 0, outcome: 'failed', error: { code: 'NoQuota', message: 'no room left' } },
    times: 1,
    failure: { kind: 'refused', code: 'NoQuota' },
  },
];

/** Lets the polls of one billing profile suffer; after a failure the input is corrected, because the profile exists. */
export async function sufferPoll(world: World, fault: (typeof POLL_FAULTS)[number]) {
  const mark = `poll${++jobs}x`;
  const { behaviour, times } = fault;
  const create = { method: 'POST', path: '/csp/azure/billing-profiles', bodyContains: `"${mark}"` };
  // The first poll is due late enough for the script below.
  await world.script(create, behaviour.kind === 'poll' ? behaviour : { kind: 'poll', times: 1, retryAfter: 12 });
  const id = await createPortfolio(world, { name: mark, facts: facts({ billing_profile_display_name: mark }) });
  const ask = (done: (seen: any) => boolean) =>
    until(async () => (await world.api('GET', `/api/portfolios/${id}`)).body, done, LONG_MS, EVERY_MS);
  const isPast = ({ state }: { state: string }) => /^BILLING_PROFILE_(REQUESTED|FAILED)$|^COMPLETED$/.test(state);
  const { location } = (await ask(isPast)).stages[1];
  const polls = location === null ? undefined : new URL(location).pathname;
  if (behaviour.kind !== 'poll') {
    if (polls === undefined) throw new Error(`${mark} was not polled when the fault was to be scripted`);
    await world.script({ method: 'GET', path: polls }, behaviour, times);
  }
  const seen = await ask(({ state }) => state === 'BILLING_PROFILE_FAILED' || state === 'COMPLETED');
  const ledger = await world.ledger();
  if (seen.state !== 'COMPLETED') {
    const input = { billing_profile_display_name: `${mark}-2` };
    await world.api('POST', `/api/portfolios/${id}/stages/BILLING_PROFILE/resume`, { input });
  }
  return {
    failure: seen.stages[1].failure,
    attempts: seen.stages[1].attempts,
    polls: ledger.filter((entry) => entry.path === polls),
    ended: await ask(({ state }) => state === 'COMPLETED'),
  };
}
