import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DomainEvent, Run } from '#kernel';
import type { Dispatcher, EffectCall } from '#runtime';
import { subscriptionDecider, type SubscriptionState } from '#subscription';
import { evaluateForm, processDecider, processEffects, type ProcessState } from '#workflow';
import { catalogue, productRegistry, scimDirectory, USER_GROUP_PRODUCT_ID } from '../index.js';

interface Group {
  id: string;
  displayName: string;
  externalId: string;
}

interface Behaviour {
  loseAnswer: boolean;
  status?: number;
  headers?: Record<string, string>;
}

/** As little of SCIM as the adapter uses; `loseAnswer` does the work and cuts the connection. */
function directoryServer(groups: Group[], behaviour: Behaviour): Server {
  return createServer((req, res) => {
    let text = '';
    req.on('data', (chunk) => (text += chunk));
    req.on('end', () => {
      const url = new URL(req.url!, 'http://x');
      const answer = (status: number, body: object, headers: Record<string, string> = {}) =>
        res.writeHead(status, headers).end(JSON.stringify(body));
      if (req.method === 'GET') {
        const [, key, value] = /^(\w+) eq "(.*)"$/.exec(url.searchParams.get('filter')!)!;
        return answer(200, { Resources: groups.filter((each) => each[key as keyof Group] === value) });
      }
      if (behaviour.status) return answer(behaviour.status, { detail: 'scripted' }, behaviour.headers);
      const group = { ...(JSON.parse(text) as Group), id: `g${groups.length + 1}` };
      if (groups.some((each) => each.displayName === group.displayName)) return answer(409, { scimType: 'uniqueness' });
      groups.push(group);
      return behaviour.loseAnswer ? req.socket.destroy() : answer(201, group);
    });
  });
}

let groups: Group[];
let behaviour: Behaviour;
let server: Server;
let base: string;

beforeEach(async () => {
  groups = [];
  behaviour = { loseAnswer: false };
  server = directoryServer(groups, behaviour);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise<void>((resolve) => void (server.closeAllConnections(), server.close(() => resolve()))));

describe('the SCIM directory', () => {
  it('creates a group once, also when the first answer was lost', async () => {
    behaviour.loseAnswer = true;
    const directory = scimDirectory(base);
    await expect(directory.createGroup('Ops', 'k1')).rejects.toThrow();
    behaviour.loseAnswer = false;
    expect(await directory.createGroup('Ops', 'k1')).toMatchObject({ id: 'g1', externalId: 'k1' });
    expect(groups).toHaveLength(1);
  });
  it('refuses a name that another has', async () => {
    groups.push({ id: 'old', displayName: 'Ops', externalId: 'other' });
    await expect(scimDirectory(base).createGroup('Ops', 'k1')).rejects.toMatchObject({ code: 'group_name_taken' });
  });
  it.each([
    [503, 'directory_unavailable', 503],
    [429, 'directory_unavailable', 503],
    [400, 'directory_refused', 400],
  ])('tells a passing fault from a final one: %i', async (status, code, as) => {
    behaviour.status = status;
    await expect(scimDirectory(base).createGroup('Ops', 'k1')).rejects.toMatchObject({ code, status: as });
  });
  it('passes on how long the directory asks to wait', async () => {
    Object.assign(behaviour, { status: 429, headers: { 'retry-after': '3' } });
    await expect(scimDirectory(base).createGroup('Ops', 'k1')).rejects.toMatchObject({ extra: { retryAfter: 3 } });
  });
});

describe('create_user_group', () => {
  it('ends with an active, in-sync subscription that holds the id in the directory', async () => {
    const subscriptions = new Map<string, SubscriptionState>();
    const types: string[] = [];
    const plain = subscriptionDecider(catalogue);
    const dispatcher = {
      async dispatch(stream: string, command: never) {
        let state = subscriptions.get(stream) ?? plain.initial();
        for (const event of plain.decide(command, state)) {
          types.push(event.type);
          state = plain.evolve(state, event);
        }
        subscriptions.set(stream, state);
        return { state };
      },
    } as unknown as Dispatcher;
    const clock = { now: () => 1000, after: () => () => undefined };
    const { workflows } = productRegistry({ directory: scimDirectory(base) });
    const [effect] = processEffects(workflows, { dispatcher: () => dispatcher, clock });
    const decider = processDecider(workflows);
    let state: ProcessState = decider.initial();
    const fold = (events: readonly DomainEvent[]) =>
      (state = events.reduce((s, e) => decider.evolve(s, e as never), state));
    const start = { workflow: 'create_user_group', state: { group_name: 'Ops' }, createdBy: 'ann', time: 1 };
    fold(decider.decide({ type: 'StartProcess', ...start }, state));
    const ran: string[] = [];
    for (let owed = decider.next(state); owed.length > 0; owed = decider.next(state)) {
      const run = owed[0] as Run;
      fold([run.intent!({ owner: 'o', until: 10_000, time: 1, tokenKey: 'k' })]);
      ran.push(run.key);
      const { key, attempt, input } = run;
      const call = { stream: 'process-p1', key, attempt, input, idempotencyKey: `process-p1/${key}` };
      const outcome = await effect!.run({ ...call, signal: AbortSignal.timeout(5000) } as EffectCall);
      fold(decider.decide({ type: 'Outcome', key, attempt, outcome, time: 2, jitter: 0 }, state));
    }
    expect(ran.map((key) => key.split('/')[0])).toEqual([
      'init',
      'create_subscription',
      'store_process_subscription',
      'initialize_subscription',
      'provision_user_group',
      'set_status',
      'resync',
      'done',
    ]);
    expect(state.status).toBe('completed');
    expect([...subscriptions.values()]).toEqual([
      expect.objectContaining({
        status: 'active',
        insync: true,
        description: 'User Group Ops',
        values: { user_group: { group_name: 'Ops', group_id: 'g1' } },
      }),
    ]);
    expect(types).toEqual(expect.arrayContaining(['SubscriptionCreated', 'SubscriptionActivated', 'Resynced']));
    const { data } = state as Exclude<ProcessState, { status: 'none' }>;
    expect(subscriptions.has(`subscription-${String(data['subscription_id'])}`)).toBe(true);
    expect(data['subscription']).toMatchObject({ product_id: USER_GROUP_PRODUCT_ID });
  });
});

describe('its form', () => {
  const pages = productRegistry({ directory: scimDirectory('http://x') }).formOf('create_user_group');
  const product = { product: USER_GROUP_PRODUCT_ID };
  it('asks page by page, then completes', () => {
    expect(evaluateForm(pages, [], {})).toMatchObject({ kind: 'more', hasNext: true });
    expect(evaluateForm(pages, [product], {})).toMatchObject({ kind: 'more', hasNext: false });
    expect(evaluateForm(pages, [product, { group_name: 'Ops' }], {})).toEqual({
      kind: 'complete',
      data: { ...product, group_name: 'Ops' },
    });
  });
  it.each([
    [[{ product: 'x' }], ['product']],
    [[product, {}], ['group_name']],
    [[product, { group_name: '' }], ['group_name']],
    [[product, { group_name: 'a', more: 1 }], ['more']],
    [[product, { group_name: 'a' }, {}], ['__root__']],
  ])('names what is wrong: %j', (answers, loc) => {
    expect(evaluateForm(pages, answers, {})).toMatchObject({ kind: 'invalid', errors: [{ loc }] });
  });
  it('of a workflow without pages is one empty page', () => {
    expect(evaluateForm([], [], {})).toMatchObject({ kind: 'more', hasNext: false });
    expect(evaluateForm([], [{}], {})).toEqual({ kind: 'complete', data: {} });
  });
});
