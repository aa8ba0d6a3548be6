import type { Failure } from '#kernel';

/** Who is to look at a process, in the words of the Workflow Orchestrator. */
export type Assignee = 'NOC' | 'SYSTEM' | 'CHANGES' | 'KLANTSUPPORT';

/** What people may ask of a process; names of the commands that refusals and action lists tell. */
export type OperatorCommand = 'resume' | 'abort' | 'skip' | 'set-value' | 'compensate';

interface StatusOf {
  /** Of several branches the most urgent shows. */
  readonly urgency: number;
  readonly commands: readonly OperatorCommand[];
  readonly means: string;
}

/** Statuses of a process on the wire (reference section 1.6), what they mean and what people may do about them. */
export const PROCESS_STATUSES = {
  created: { urgency: 0, commands: ['abort', 'set-value'], means: 'accepted; no step has begun' },
  running: {
    urgency: 4,
    commands: ['abort', 'set-value', 'compensate'],
    means: 'a step is under way, or the next is about to begin',
  },
  resumed: {
    urgency: 3,
    commands: ['resume', 'abort', 'set-value', 'compensate'],
    means: 'an operator made a step due again; no worker has taken it on yet',
  },
  waiting: {
    urgency: 2,
    commands: ['resume', 'skip', 'abort', 'set-value', 'compensate'],
    means: 'a step is tried again later, or sleeps',
  },
  awaiting_callback: {
    urgency: 1,
    commands: ['resume', 'skip', 'abort', 'set-value', 'compensate'],
    means: 'a request was taken by the other side, which has not answered yet',
  },
  suspended: {
    urgency: 5,
    commands: ['resume', 'abort', 'set-value', 'compensate'],
    means: 'a form waits for a person',
  },
  api_unavailable: {
    urgency: 6,
    commands: ['resume', 'skip', 'abort', 'set-value', 'compensate'],
    means: 'a task has failed because a system outside does not answer',
  },
  inconsistent_data: {
    urgency: 7,
    commands: ['resume', 'skip', 'abort', 'set-value', 'compensate'],
    means: 'a task has found data that contradict each other',
  },
  failed: {
    urgency: 8,
    commands: ['resume', 'skip', 'abort', 'set-value', 'compensate'],
    means: 'a step has failed for good',
  },
  aborted: { urgency: 9, commands: ['compensate'], means: 'ended by an operator, or undone' },
  completed: { urgency: 9, commands: [], means: 'every step is done or passed over' },
} as const satisfies Readonly<Record<string, StatusOf>>;
export type ProcessWireStatus = keyof typeof PROCESS_STATUSES;
/** Statuses from which a process goes on. */
export type OpenStatus = Exclude<ProcessWireStatus, 'aborted' | 'completed'>;

/** Whether a status is the end. */
export const isEnd = (status: ProcessWireStatus): boolean => status === 'aborted' || status === 'completed';

const OPEN = (Object.keys(PROCESS_STATUSES) as ProcessWireStatus[]).filter(
  (status): status is OpenStatus => !isEnd(status),
);

interface RowState {
  /** Events that bring a step into it. */
  readonly by: readonly string[];
  /** What the process shows for it. */
  readonly shows: OpenStatus;
  /** Status of the step's row on the wire. */
  readonly row: string;
  readonly when: string;
}

/** What a step can be in, the events that bring it there, and what process and row then show. One table for code, docs and tests. */
export const STEP_STATES = {
  intended: { by: ['StepStarted'], shows: 'running', row: 'running', when: 'a worker takes the step on' },
  accepted: {
    by: ['StepRequested'],
    shows: 'awaiting_callback',
    row: 'awaiting_callback',
    when: 'the other side takes the request and will answer',
  },
  overdue: {
    by: ['StepOverdue'],
    shows: 'awaiting_callback',
    row: 'awaiting_callback',
    when: 'the answer is overdue and is asked for',
  },
  retrying: {
    by: ['StepRetryScheduled', 'StepHandedBack'],
    shows: 'waiting',
    row: 'waiting',
    when: 'an attempt fails and there will be another, or its worker shuts down',
  },
  sleeping: { by: ['StepSleeping'], shows: 'waiting', row: 'waiting', when: 'a sleep begins' },
  suspended: { by: ['StepSuspended'], shows: 'suspended', row: 'suspend', when: 'a form is reached' },
  failed: { by: ['StepFailed'], shows: 'failed', row: 'failed', when: 'an attempt fails and there will be no other' },
  resumed: { by: ['StepResumed'], shows: 'resumed', row: 'pending', when: 'an operator makes the step due again' },
  done: { by: ['StepCompleted'], shows: 'running', row: 'success', when: 'an attempt succeeds' },
  passed: {
    by: ['InputGiven', 'StepWoken'],
    shows: 'running',
    row: 'success',
    when: 'the form is answered; the sleep is over',
  },
  skipped: {
    by: ['StepSkipped'],
    shows: 'running',
    row: 'skipped',
    when: 'its condition does not hold, or an operator passes over it',
  },
} as const satisfies Readonly<Record<string, RowState>>;
export type StepState = keyof typeof STEP_STATES;

export const STEP_STATE_BY_EVENT: ReadonlyMap<string, StepState> = new Map(
  Object.entries(STEP_STATES).flatMap(([state, { by }]) => by.map((event) => [event, state as StepState] as const)),
);

/** What a failed step of a task shows instead of `failed`, the first that fits; `assignee` looks at it. */
export const TASK_FAILURES = [
  {
    shows: 'inconsistent_data',
    assignee: 'NOC',
    codes: ['inconsistent_data'],
    statuses: [] as readonly number[],
    kinds: [] as readonly string[],
    when: 'the step of a task throws an AssertionError or InconsistentData',
  },
  {
    shows: 'api_unavailable',
    assignee: 'SYSTEM',
    codes: ['attempt_timed_out', 'deadline_exceeded'],
    statuses: [502, 503, 504],
    kinds: ['retryable'],
    when: 'the step of a task is out of attempts, or the other side answers 502, 503 or 504',
  },
] as const;

/** What moves a process as a whole. An event from a status that is not listed changes no status. */
export const PROCESS_TRANSITIONS = {
  ProcessStarted: { from: ['-'], to: 'created', when: 'a start is accepted' },
  ProcessCompleted: { from: OPEN, to: 'completed', when: 'every step is done or passed over' },
  ProcessAborted: { from: OPEN, to: 'aborted', when: 'an operator aborts it, or everything is undone' },
} as const satisfies Readonly<Record<string, { from: readonly string[]; to: ProcessWireStatus; when: string }>>;

/** What a failure of a step makes its process show, and who is to look at it. */
export function failureShows(
  isTask: boolean,
  { kind, code, status }: Failure,
): { readonly shows: OpenStatus; readonly assignee: Assignee } {
  const found = TASK_FAILURES.find(
    (each) =>
      (each.codes as readonly string[]).includes(code) ||
      (each.kinds as readonly string[]).includes(kind) ||
      (status !== undefined && (each.statuses as readonly number[]).includes(status)),
  );
  return isTask && found ? found : { shows: 'failed', assignee: 'SYSTEM' };
}

/** Of what several rows show. */
export const mostUrgent = (shown: readonly OpenStatus[]): OpenStatus =>
  shown.reduce(
    (most, each) => (PROCESS_STATUSES[each].urgency > PROCESS_STATUSES[most].urgency ? each : most),
    'created',
  );
