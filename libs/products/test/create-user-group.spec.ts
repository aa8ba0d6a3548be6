import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { categoryOf } from '#event-store';
import type { Decider, DomainEvent, Owed, Run } from '#kernel';
import { operationDecider, ProvisionerRegistry, provisioningEffects } from '#provisioning';
import type { Dispatcher, EffectCall } from '#runtime';
import { subscriptionDecider } from '#subscription';
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
    const directory = scimDirectory(base);
    const { workflows, provisioners } = productRegistry({ directory });
    const registry = new ProvisionerRegistry().register(...provisioners);
    const deciders: Record<string, Decider<any, any, DomainEvent> & { next?(state: unknown): readonly Owed[] }> = {
      process: processDecider(workflows) as never,
      subscription: subscriptionDecider(catalogue) as never,
      operation: operationDecider(registry) as never,
    };
    const states = new Map<string, any>();
    const types: string[] = [];
    const stateOf = (stream: string) => states.get(stream) ?? deciders[categoryOf(stream)]!.initial();
    const fold = (stream: string, events: readonly DomainEvent[]) => {
      types.push(...events.map((event) => event.type));
      states.set(
        stream,
        events.reduce((now, event) => deciders[categoryOf(stream)]!.evolve(now, event), stateOf(stream)),
      );
    };
    const dispatch = async (stream: string, command: object) => {
      fold(stream, deciders[categoryOf(stream)]!.decide(command, stateOf(stream)));
      return { state: stateOf(stream) };
    };
    const dispatcher = () => ({ dispatch }) as unknown as Dispatcher;
    const clock = { now: () => 1000, after: () => () => undefined };
    const vault = { put: async () => 'vault:none#1', remove: async () => undefined };
    const effects = [
      ...processEffects(workflows, { dispatcher, clock }),
      ...provisioningEffects(registry, { vault, clock, dispatcher }),
    ];
    const start = { workflow: 'create_user_group', state: { group_name: 'Ops' }, createdBy: 'ann', time: 1 };
    await dispatch('process-p1', { type: 'StartProcess', ...start });
    const ran: string[] = [];
    const nextRun = (): [string, Run] | undefined => {
      for (const [stream, each] of states)
        for (const owed of deciders[categoryOf(stream)]!.next?.(each) ?? [])
          if (owed.kind === 'run') return [stream, owed];
      return undefined;
    };
    for (let found = nextRun(); found !== undefined; found = nextRun()) {
      const [stream, run] = found;
      fold(stream, [run.intent!({ owner: 'o', until: 10_000, time: 1, tokenKey: 'k' })]);
      if (stream === 'process-p1') ran.push(run.key);
      const { key, attempt, input } = run;
      const call = { stream, key, attempt, input, idempotencyKey: `${stream}/${key}` };
      const effect = effects.find(({ name }) => name === run.effect)!;
      const outcome = await effect.run({ ...call, signal: AbortSignal.timeout(5000) } as EffectCall);
      await dispatch(stream, { type: 'Outcome', key, attempt, outcome, time: 2, jitter: 0 });
    }
    const state = stateOf('process-p1') as ProcessState;
    const subscriptions = new Map([...states].filter(([stream]) => categoryOf(stream) === 'subscription'));
    expect(ran.map((key) => key.split('/')[0])).toEqual([
      'init',
      'create_subscription',
      'store_process_subscription',
      'initialize_subscription',
      'provision_user_group',
      'set_status',
      'resync',
      'done',
      '$release',
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
    expect(types).toEqual(
      expect.arrayContaining(['SubscriptionCreated', 'Provisioned', 'SubscriptionActivated', 'Resynced']),
    );
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
