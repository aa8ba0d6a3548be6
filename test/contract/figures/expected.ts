import { categoryOf, type RecordedEvent } from '#event-store';
import { movedPath, patternOf } from '#workflow/published';
import type { FigureName } from '#read-models';

/** One value of a figure as the log has it; `ms` of a time. */
export interface Value {
  readonly at: number;
  readonly labels: readonly string[];
  readonly ms: number;
}

/** What one stream tells; the events are those of the stream, oldest first. */
interface Told {
  readonly category: string;
  readonly stream: string;
  readonly events: readonly RecordedEvent[];
}

const BEGINS = ['PortfolioCreated', 'ProcessStarted', 'OperationCreated'];
const TAKEN_BACK = /^(StageDeprovisioningResumed|StageLeftInPlace)$/;
const [SUCCESS, DONE, LEFT] = [
  /^(StageCompleted|StageDeprovisioned|StepCompleted|RequestCompleted)$/,
  /^(StageCompleted|StageDeprovisioned|StepCompleted|RequestCompleted|InputGiven|StepWoken)$/,
  /^(StageSkipped|StepSkipped|StageLeftInPlace)$/,
];
const FAILED = /^(Stage|StageDeprovisioning|Step|Request)Failed$/;
const RETRIED = /^(Stage|StageDeprovisioning|Step|Request)RetryScheduled$/;
const ACCEPTED = /^(ProvisioningRequested|StageDeprovisioningRequested|StepRequested|RequestAccepted)$/;
const OVERDUE = /^(Stage|Step|Request)Overdue$/;
const RESUMED = /^(StageResumed|StageDeprovisioningResumed|StepResumed|RequestResumed)$/;
const OTHER =
  /^(StageStarted|StageDeprovisioningStarted|StepStarted|RequestStarted|StepSuspended|StepSleeping|.*HandedBack)$/;
const ENDS: Readonly<Record<string, string>> = {
  PortfolioCompleted: 'completed',
  PortfolioAbandoned: 'abandoned',
  PortfolioDeprovisioned: 'deprovisioned',
  ProcessCompleted: 'completed',
  ProcessAborted: 'aborted',
  ProcessRefused: 'refused',
  Provisioned: 'provisioned',
  ProvisioningFailed: 'provisioning_failed',
  Deprovisioned: 'deprovisioned',
  DeprovisioningFailed: 'deprovisioning_failed',
};

const data = (event: RecordedEvent) => event.data as Record<string, any>;
const time = (event: RecordedEvent) => event.metadata.time;
const named = (pattern: RegExp) => (event: RecordedEvent) => pattern.test(event.type);

/** The step that an event of a request is about; `ProvisioningRequested` of an operation is about none. */
function stepOf(event: RecordedEvent): string | undefined {
  const { step } = data(event);
  const about = [DONE, LEFT, FAILED, RETRIED, ACCEPTED, OVERDUE, RESUMED, OTHER].some((names) =>
    names.test(event.type),
  );
  if (!about || typeof step !== 'string') return undefined;
  return TAKEN_BACK.test(event.type) ? `${step}/undo` : step;
}

/** What owes no request tells the present path of its step. */
const NO_REQUEST = /^(StepSuspended|InputGiven|StepSleeping|StepWoken|StepSkipped|StepResumed)$/;

/** What event number `i` of the stream calls its step, by the path that the step has before event number `end`; undefined if it has none any more. */
function stepAt({ events }: Told, i: number, end: number): string | undefined {
  const told = stepOf(events[i]!);
  if (told === undefined || !events.some(named(/^ProcessMigrated$/))) return told;
  const began = events.slice(0, i + 1).findIndex((event) => stepOf(event) === told && !NO_REQUEST.test(event.type));
  const migrations = events.slice(began < 0 ? i : began, end).filter(named(/^ProcessMigrated$/));
  return migrations.reduce<string | undefined>(
    (path, event) => (path === undefined ? undefined : movedPath(data(event)['keys'], path)),
    told,
  );
}

function kindOf({ events }: Told): string {
  const { csp, workflow, manifest } = data(events[0]!);
  const types = new Set((manifest?.needs ?? []).map(({ type }: { type: string }) => type));
  return csp ?? workflow ?? (types.size === 1 ? [...types][0] : '*');
}

function labelsOf(told: Told, step: string): readonly string[] {
  const [need, what] = [step.slice(0, step.indexOf('/')), step.slice(step.indexOf('/') + 1)];
  if (told.category !== 'operation') return [told.category, kindOf(told), patternOf(step)];
  const { needs } = data(told.events[0]!)['manifest'] as { needs: { id: string; type: string }[] };
  return ['operation', needs.find(({ id }) => id === need)?.type ?? kindOf(told), what];
}

const isAside = (step: string) => /^(\$|after\/)/.test(step) || /\/(undo|deprovision|secret)$/.test(step);

/** Whether this event puts the step aside; `for ever`, or until something is told of it again. */
function puts(event: RecordedEvent, step: string, state: 'failed' | 'other'): 'for ever' | 'aside' | undefined {
  const forward = !isAside(step);
  switch (event.type) {
    case 'PortfolioAbandoned':
    case 'ProcessCompleted':
    case 'ProcessAborted':
    case 'ProcessRefused':
    case 'CompensationStarted':
      return forward ? 'for ever' : undefined;
    case 'BranchesLeft':
      return forward && data(event)['left'].some((branch: string) => step.startsWith(branch)) ? 'for ever' : undefined;
    case 'StagesSetBack':
      return forward ? 'aside' : undefined;
    case 'PortfolioDeprovisioned':
      return 'aside';
    case 'DeprovisioningRequested':
      return categoryOf(event.stream) === 'portfolio' && state === 'failed' ? 'aside' : undefined;
    case 'DeprovisioningStarted':
      return state === 'failed' && forward ? 'aside' : undefined;
    case 'OperationGivenUp':
    case 'Provisioned':
    case 'Deprovisioned':
      return state === 'failed' ? 'aside' : undefined;
    default:
      return undefined;
  }
}

/** The events of a step since it last began, up to but without number `end` of the stream; none where it is not open then. */
function stretch(told: Told, step: string, end: number): readonly RecordedEvent[] {
  let open: RecordedEvent[] = [];
  let over = false;
  for (const [i, event] of told.events.slice(0, end).entries()) {
    if (stepAt(told, i, end) === step)
      open = over || DONE.test(event.type) || LEFT.test(event.type) ? [] : [...open, event];
    const put = puts(event, step, open.length > 0 && FAILED.test(open.at(-1)!.type) ? 'failed' : 'other');
    if (put !== undefined) open = [];
    over ||= put === 'for ever';
  }
  return open;
}

/** Every event of a step with what was told of the step since it began. */
function* steps(told: Told) {
  for (const [i, event] of told.events.entries()) {
    const step = stepAt(told, i, i);
    if (step !== undefined) yield { event, labels: labelsOf(told, step), before: stretch(told, step, i) };
  }
}

/** When the other side took what is open now; what came between it and the answer may only say that it is overdue. */
function askedAt(before: readonly RecordedEvent[]): number | undefined {
  const last = before.findLastIndex((event) => !ACCEPTED.test(event.type) && !OVERDUE.test(event.type));
  const asked = before[last + 1];
  return asked && time(asked);
}

const isAttempt = (event: RecordedEvent) =>
  data(event)['attempt'] !== undefined && (SUCCESS.test(event.type) || data(event)['failure'] !== undefined);
const outcomeOf = ({ type }: RecordedEvent) => (SUCCESS.test(type) ? 'done' : FAILED.test(type) ? 'failed' : 'retried');

/** Every figure, from the events of one stream with nothing kept between them. */
export const EXPECTED: Readonly<Record<FigureName, (told: Told) => Iterable<Value>>> = {
  begun: (told) =>
    told.events
      .filter(({ type }) => BEGINS.includes(type))
      .map((event) => ({ at: time(event), labels: [told.category, kindOf(told)], ms: 0 })),
  *run_time(told) {
    for (const [i, event] of told.events.entries()) {
      const outcome = ENDS[event.type];
      if (outcome === undefined) continue;
      const anew = told.category === 'portfolio' ? /^DeprovisioningRequested$/ : /^(De)?[pP]rovisioningStarted$/;
      const from = told.events.slice(0, i).findLast(named(anew)) ?? told.events[0]!;
      yield { at: time(event), labels: [told.category, kindOf(told), outcome], ms: time(event) - time(from) };
    }
  },
  *step_time(told) {
    for (const { event, labels, before } of steps(told))
      if (DONE.test(event.type) && before[0]) yield { at: time(event), labels, ms: time(event) - time(before[0]) };
  },
  *answer_time(told) {
    for (const { event, labels, before } of steps(told)) {
      const asked = isAttempt(event) ? askedAt(before) : undefined;
      if (asked !== undefined) yield { at: time(event), labels, ms: time(event) - asked };
    }
  },
  *attempts(told) {
    for (const { event, labels } of steps(told))
      if (isAttempt(event)) yield { at: time(event), labels: [...labels, outcomeOf(event)], ms: 0 };
  },
  *failures(told) {
    for (const { event, labels } of steps(told))
      if (FAILED.test(event.type)) yield { at: time(event), labels: [...labels, data(event)['failure'].code], ms: 0 };
  },
  subscriptions: ({ events, category }) =>
    (category === 'subscription' ? events : []).flatMap((event) => {
      const change = CHANGES[event.type];
      return change === undefined ? [] : [{ at: time(event), labels: [change], ms: 0 }];
    }),
};

const CHANGES: Readonly<Record<string, string>> = {
  SubscriptionCreated: 'created',
  SubscriptionProvisioningStarted: 'provisioning',
  SubscriptionActivated: 'activated',
  SubscriptionMigrating: 'migrating',
  SubscriptionDisabled: 'disabled',
  SubscriptionTerminated: 'terminated',
  UnSynced: 'out_of_sync',
  Resynced: 'in_sync',
  MarkedInSync: 'in_sync',
  DriftReported: 'validated',
};

const STATES: readonly (readonly [RegExp, string])[] = [
  [FAILED, 'failed'],
  [ACCEPTED, 'accepted'],
  [OVERDUE, 'overdue'],
  [RETRIED, 'retrying'],
  [/HandedBack$/, 'retrying'],
  [RESUMED, 'resumed'],
  [/^StepSuspended$/, 'suspended'],
  [/^StepSleeping$/, 'sleeping'],
  [/Started$/, 'running'],
];
const stateOf = ({ type }: RecordedEvent): string => STATES.find(([names]) => names.test(type))![1];

/** Every step that is open at the end of the log, as `stream step state since`. */
export function openAtEnd(told: Told): readonly string[] {
  const all = new Set(told.events.flatMap((_, i) => stepAt(told, i, told.events.length) ?? []));
  return [...all].flatMap((step) => {
    const open = stretch(told, step, told.events.length);
    if (open.length === 0) return [];
    const state = stateOf(open.at(-1)!);
    const since = open[open.findLastIndex((event) => stateOf(event) !== state) + 1]!;
    return [`${told.stream} ${step} ${state} ${time(since)}`];
  });
}

export function byStream(events: readonly RecordedEvent[]): readonly Told[] {
  const streams = new Map<string, RecordedEvent[]>();
  for (const event of events) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  return [...streams].map(([stream, all]) => ({ stream, category: categoryOf(stream), events: all }));
}
