import { idOf, type RecordedEvent } from '#event-store';
import { stateName, type PortfolioState } from '#portfolio';
import { PARENT_FACTS } from '#portfolio/published';
import { OPERATION_STATES, type OperationState } from '#provisioning';
import type { ScheduleState } from '#schedule';
import type { SubscriptionState } from '#subscription';
import type { ProductState } from '#catalogue';
import type { StartedProcess } from '#workflow';
import { byStream } from './expected.js';
import type { Run } from './run.js';

type Row = Readonly<Record<string, unknown>>;
/** Rows as a fold of the log has them, by the name of the table: some columns of each, in any order. */
type Views = Readonly<Record<string, (run: Run) => readonly Row[]>>;

/** What each instance of a category has come to. */
function folded<S>({ events, deciders }: Run, category: string): readonly (readonly [id: string, state: S])[] {
  const decider = deciders[category];
  if (decider === undefined) return [];
  const streams = byStream(events).filter((each) => each.category === category);
  return streams.map(({ stream, events: own }) => {
    const state = own.reduce((before, event) => decider.evolve(before as never, event as never), decider.initial());
    return [idOf(stream), state as S];
  });
}

const data = (event: RecordedEvent) => event.data as Record<string, any>;
const named = ({ events }: Run, type: string) => events.filter((event) => event.type === type);
/** The last event of each key. */
const lastBy = <K extends string>(events: readonly RecordedEvent[], keyOf: (event: RecordedEvent) => K) => [
  ...new Map(events.map((event) => [keyOf(event), event])).values(),
];

/** A view that nobody compares fails the test. */
export const VIEWS: Views = {
  worklist: ({ events }) =>
    byStream(events).flatMap(({ stream, category, events: own }) => {
      const { owed, time } = own.at(-1)!.metadata;
      if (owed === undefined) return [];
      return [{ stream, category, run: owed.run ? 1 : 0, due: owed.due, busy: owed.busy ?? null, since: time }];
    }),
  portfolios: (run) =>
    folded<Exclude<PortfolioState, { phase: 'ABSENT' }>>(run, 'portfolio').map(([id, state]) => {
      return { id, name: state.name, csp: state.csp, phase: state.phase, state: stateName(state) };
    }),
  portfolio_children: (run) =>
    [...named(run, 'PortfolioCreated'), ...named(run, 'FactsAmended')].flatMap((event) =>
      PARENT_FACTS.flatMap((name) => {
        const parent = data(event)['facts'][name] as unknown;
        return typeof parent === 'string' ? [{ parent, child: idOf(event.stream) }] : [];
      }),
    ),
  processes: (run) =>
    folded<StartedProcess>(run, 'process').map(([id, { workflow, status, isTask, createdBy }]) => {
      return { id, workflow, last_status: status, is_task: isTask ? 1 : 0, created_by: createdBy };
    }),
  process_subscriptions: (run) =>
    lastBy(named(run, 'ProcessRelated'), (event) => `${event.stream} ${data(event)['processId']}`).map((event) => {
      const { processId, workflow, target } = data(event);
      return { subscription_id: idOf(event.stream), process_id: processId as string, workflow, target };
    }),
  customer_descriptions: (run) =>
    lastBy(named(run, 'CustomerDescriptionSet'), (event) => data(event)['id'] as string).map((event) => {
      return { id: data(event)['id'] as string, subscription_id: idOf(event.stream) };
    }),
  subscription_uses: (run) =>
    lastBy(
      run.events.filter(({ type }) => type === 'UseReserved' || type === 'UseReleased'),
      (event) => `${event.stream} ${data(event)['userSubscriptionId']}`,
    ).map((event) => {
      const { userSubscriptionId, userStatus = 'released' } = data(event);
      return { used_id: idOf(event.stream), user_id: userSubscriptionId, user_status: userStatus };
    }),
  subscriptions: (run) =>
    folded<Exclude<SubscriptionState, { status: 'none' }>>(run, 'subscription').map(([id, state]) => {
      const { status, insync, productName, customerId, description } = state;
      return { id, status, insync: insync ? 1 : 0, product_name: productName, customer_id: customerId, description };
    }),
  operations: (run) =>
    folded<Exclude<OperationState, { status: 'ABSENT' }>>(run, 'operation').map(([id, { status }]) => {
      return { id, state: status, code: OPERATION_STATES[status] };
    }),
  schedules: (run) =>
    folded<Exclude<ScheduleState, { status: 'none' }>>(run, 'schedule').map(([id, { status, workflow }]) => {
      return { id, status, workflow };
    }),
  occurrences: (run) =>
    byStream(run.events)
      .filter(({ category }) => category === 'occurrence')
      .map(({ stream, events: own }) => {
        const { scheduleId, at } = data(own[0]!);
        const [fired, skipped] = ['OccurrenceFired', 'OccurrenceSkipped'].map((type) =>
          own.find((event) => event.type === type),
        );
        const superseded = skipped && data(skipped)['code'] === 'superseded';
        const state = fired ? 'fired' : superseded ? 'superseded' : skipped ? 'skipped' : 'planned';
        return { id: idOf(stream), schedule_id: scheduleId, at, state };
      }),
  catalogue: (run) =>
    folded<ProductState>(run, 'product').map(([id, { definition, description }]) => {
      const said = named(run, 'DescriptionChanged').find((event) => idOf(event.stream) === id);
      const name = definition?.name ?? data(said!)['name'];
      return { id, kind: definition ? 'product' : data(said!)['kind'], name, description: description ?? null };
    }),
  causes: ({ events }) => {
    const first = new Map<string, Row>();
    for (const { stream, revision, metadata } of events) {
      const { $correlationId, $causationId } = metadata;
      const sent = $causationId.includes('/') && !$causationId.startsWith(`${stream}/`) ? [$causationId] : [];
      for (const cause of [$correlationId, ...sent]) {
        const key = `${cause} ${stream}`;
        if (cause !== '' && !first.has(key)) first.set(key, { cause, stream, revision });
      }
    }
    return [...first.values()];
  },
  streams: ({ events }) =>
    byStream(events).map(({ stream, category, events: own }) => {
      return { id: stream, category, type: own[0]!.type, actor: own[0]!.metadata.actor };
    }),
  measured_instances: ({ events }) =>
    byStream(events)
      .filter(({ category }) => ['portfolio', 'process', 'operation'].includes(category))
      .map(({ stream, events: own }) => ({ stream, revision: own.at(-1)!.revision })),
};

/** Compared by figures.contract.ts. */
export const COMPARED_AS_FIGURES = ['open_steps', 'series'];

/** Categories that no view but the general ones reads, and from where they are read instead. */
export const READ_FROM_STREAMS: Readonly<Record<string, string>> = {
  csp: 'one small stream for each CSP, folded when it is asked for',
  settings: 'one small stream, folded when it is asked for',
};

/** The overview as a fold of the log has it; `now` in ms. */
export function expectedOverview(run: Run, now: number): object {
  const rows = Object.fromEntries(Object.entries(VIEWS).map(([table, expected]) => [table, expected(run)]));
  const count = (table: string, column: string, where: (row: Row) => boolean = () => true) => {
    const counts: Record<string, number> = {};
    for (const row of rows[table]!.filter(where)) {
      const value = row[column] as string | number | null;
      if (value !== null) counts[value] = (counts[value] ?? 0) + 1;
    }
    return counts;
  };
  const oldest = rows['worklist']!.filter(({ category }) => category !== 'occurrence').toSorted(
    (a, b) => Number(a['since']) - Number(b['since']) || (String(a['stream']) < String(b['stream']) ? -1 : 1),
  )[0];
  const failed = (category: string, failing: (state: never) => boolean) =>
    folded(run, category).filter(([id, state]) => {
      const last = run.events.findLast(({ stream, type }) => stream === `${category}-${id}` && type.endsWith('Failed'));
      return failing(state as never) && last !== undefined && last.metadata.time >= now - 86_400_000;
    }).length;
  return {
    portfolios: { byState: count('portfolios', 'state'), byPhase: count('portfolios', 'phase') },
    processes: { byStatus: count('processes', 'last_status', (row) => row['last_status'] !== 'refused') },
    subscriptions: {
      byProduct: count('subscriptions', 'product_name'),
      byStatus: count('subscriptions', 'status'),
      inSync: count('subscriptions', 'insync')['1'] ?? 0,
      outOfSync: count('subscriptions', 'insync')['0'] ?? 0,
    },
    oldestWaiting: oldest ? { stream: oldest['stream'], since: oldest['since'], due: oldest['due'] } : null,
    failuresLastDay: {
      portfolios: failed('portfolio', ({ phase }: { phase: string }) => /FAILED/.test(phase)),
    },
    parked: 0,
  };
}
