import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type CounterConfiguration } from 'prom-client';

const FAST = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const SLOW = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300];

/** A counter for the hot path: what is added costs an addition and reaches the registry when it is read. */
class Tally extends Counter {
  private uncounted = 0;

  constructor(configuration: CounterConfiguration<string>) {
    super({ ...configuration, collect: () => this.count() });
  }

  add(value: number): void {
    this.uncounted += value;
  }

  private count(): void {
    this.inc(this.uncounted);
    this.uncounted = 0;
  }
}

export type Metrics = ReturnType<typeof createMetrics>;

/** The meters of one process, in a registry of their own. Label values must come from code (routes, effect names), never from ids. */
export function createMetrics(options: { readonly processMetrics?: boolean } = {}) {
  const registers = [new Registry()];
  const registry = registers[0]!;
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  return {
    registry,
    httpSeconds: new Histogram({
      name: 'purveyor_http_request_duration_seconds',
      help: 'Time to answer a request',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: FAST,
      registers,
    }),
    appends: new Tally({
      name: 'purveyor_appends_total',
      help: 'Appends of the runner that are durable',
      registers,
    }),
    appendedEvents: new Tally({
      name: 'purveyor_appended_events_total',
      help: 'Events in these appends',
      registers,
    }),
    callbacks: new Counter({
      name: 'purveyor_callbacks_total',
      help: 'Callbacks by what they were: accepted, duplicate, progress, conflict, late, or why they were rejected',
      labelNames: ['verdict'] as const,
      registers,
    }),
    stuck: new Counter({
      name: 'purveyor_stuck_total',
      help: 'Times an instance was left alone by this process: code is missing for it, or a defect',
      labelNames: ['category'] as const,
      registers,
    }),
    workMessages: new Counter({
      name: 'purveyor_work_messages_total',
      help: 'Messages of the worker group: nothing to do (unread), instance woken, or not carried on here (failed)',
      labelNames: ['taken'] as const,
      registers,
    }),
    workParked: new Gauge({
      name: 'purveyor_work_parked',
      help: 'Messages of the worker group that were given back too often',
      registers,
    }),
    keepsTime: new Gauge({
      name: 'purveyor_keeps_time',
      help: '1 in the worker that drives what is overdue',
      registers,
    }),
    logAway: new Gauge({
      name: 'purveyor_log_away',
      help: '1 while the log does not answer',
      registers,
    }),
    held: new Gauge({
      name: 'purveyor_instances_held',
      help: 'Instances whose state this process holds',
      registers,
    }),
    appendSeconds: new Histogram({
      name: 'purveyor_append_duration_seconds',
      help: 'Time until an append is durable',
      buckets: FAST,
      registers,
    }),
    effects: new Counter({
      name: 'purveyor_effects_total',
      help: 'Attempts of effects by outcome',
      labelNames: ['effect', 'outcome'] as const,
      registers,
    }),
    effectsInFlight: new Gauge({
      name: 'purveyor_effects_in_flight',
      help: 'Effects being run by this process',
      registers,
    }),
    enginePaused: new Gauge({
      name: 'purveyor_engine_paused',
      help: '1 while nothing may begin, as this process knows',
      registers,
    }),
    projectionLag: new Gauge({
      name: 'purveyor_projection_lag_positions',
      help: 'Distance of the slowest view of a group from the head of the log: events, over EventStoreDB bytes',
      labelNames: ['group'] as const,
      registers,
    }),
    projectionLagSeconds: new Gauge({
      name: 'purveyor_projection_lag_seconds',
      help: 'Time since all views of a group are known to have held everything in the log',
      labelNames: ['group'] as const,
      registers,
    }),
    worklistOpen: new Gauge({
      name: 'purveyor_worklist_open',
      help: 'Instances that are not at rest',
      labelNames: ['category'] as const,
      registers,
    }),
    timerLateness: new Histogram({
      name: 'purveyor_timer_lateness_seconds',
      help: 'How long after its due time a timer was driven',
      buckets: SLOW,
      registers,
    }),
  };
}
