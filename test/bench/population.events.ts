import { NEW_STREAM, type EventLog } from '#event-store';
import { closedLoop } from './statistics.js';

/** What a bench is populated with: the n-th subscription, and the n-th process, which made it and has ended. */
export type Category = 'subscriptions' | 'processes';
interface Event {
  readonly type: string;
  readonly data: object;
}
interface Made {
  stream(n: number): string;
  events(n: number): readonly Event[];
}

/** UUIDs that differ in every part, as those of a server do. */
const uuid = (n: number, kind: string): string => {
  const hash = Math.imul(n + 1, 2_654_435_761) >>> 0;
  const [a, b] = [n.toString(16).padStart(8, '0'), hash.toString(16).padStart(8, '0')];
  return `${a}-${b.slice(0, 4)}-7${b.slice(4, 7)}-8000-${kind}${b}000`;
};
export const subscriptionId = (n: number): string => uuid(n, 'a');
const processId = (n: number): string => uuid(n, 'b');

const PRODUCTS = ['User Group', 'User internal', 'User external', 'L2VPN'];
const time = 1_700_000_000_000;
const STEPS = [{ key: 'make', name: 'Make' }];

/** A thousandth is out of sync, a tenth terminated; one customer has a hundred of them. */
function subscription(n: number): readonly Event[] {
  const by = { processId: processId(n), time };
  const product = { productId: uuid(n % PRODUCTS.length, 'c'), productName: PRODUCTS[n % PRODUCTS.length]! };
  const created = { ...product, customerId: `customer${Math.floor(n / 100)}`, description: `Service ${n}` };
  const values = { name: `name${n}`, vlan: n % 4_000, site: `site${n % 50}` };
  return [
    { type: 'SubscriptionCreated', data: { ...created, status: 'initial', insync: false, ...by } },
    { type: 'ProcessRelated', data: { workflow: 'create_service', target: 'CREATE', ...by } },
    { type: 'SubscriptionValuesChanged', data: { block: 'service', values, ...by } },
    { type: 'SubscriptionActivated', data: { startDate: time, time } },
    ...(n % 1_000 === 7 ? [] : [{ type: 'Resynced', data: by }]),
    ...(n % 10 === 3 ? [{ type: 'SubscriptionTerminated', data: { endDate: time, time } }] : []),
  ];
}

function process(n: number): readonly Event[] {
  const begun = { version: 1, target: 'CREATE', isTask: false, steps: STEPS, state: {}, createdBy: 'bench', time };
  const step = (key: string) => ({ step: key, generation: 1, attempt: 1, time });
  const intent = { owner: 'bench', until: time, input: {}, tokenKey: 'k' };
  return [
    { type: 'ProcessStarted', data: { workflow: 'create_service', ...begun } },
    ...STEPS.flatMap(({ key }) => [
      { type: 'StepStarted', data: { ...step(key), ...intent } },
      { type: 'StepCompleted', data: { ...step(key), result: { [key]: n } } },
    ]),
    { type: 'ProcessCompleted', data: { time } },
  ];
}

export const CATEGORIES: Readonly<Record<Category, Made>> = {
  subscriptions: { stream: (n) => `subscription-${subscriptionId(n)}`, events: subscription },
  processes: { stream: (n) => `process-${processId(n)}`, events: process },
};

const BY = { $correlationId: 'bench', $causationId: 'bench', actor: 'bench', tenant: 'default', commandId: 'bench' };

/** Appends `count` of each. */
export async function appendAll(log: EventLog, count: number): Promise<void> {
  await closedLoop(count, 256, async (n) => {
    for (const { stream, events } of Object.values(CATEGORIES))
      await log.append(log.prepare(stream(n), NEW_STREAM, events(n), { ...BY, time: Date.now() }));
  });
}
