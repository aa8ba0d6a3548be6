import { Type, type Static, type TObject } from 'typebox';
import type { EventSpec } from '#event-store';
import type { DomainEvent } from '#kernel';
import { LIFECYCLE } from '#subscription/published';
import { requestEventSpecs, type RequestEvent, type RequestEvents } from '#runtime';

export const PROCESS = 'process';
export const processStream = (processId: string): string => `${PROCESS}-${processId}`;

/** What can happen to a step, in the words of this context; data shapes are those of libs/runtime/request.events.ts. */
export const STEP_EVENTS = {
  started: 'StepStarted',
  accepted: 'StepRequested',
  retryScheduled: 'StepRetryScheduled',
  completed: 'StepCompleted',
  failed: 'StepFailed',
  handedBack: 'StepHandedBack',
  overdue: 'StepOverdue',
} as const satisfies RequestEvents;

/** `CREATE` ... as on the wire of the Workflow Orchestrator. */
export const TargetSchema = Type.Enum(['CREATE', 'MODIFY', 'TERMINATE', 'VALIDATE', 'RECONCILE', 'SYSTEM']);
export type Target = Static<typeof TargetSchema>;

const time = Type.Number({ description: 'ms since the epoch' });
const step = Type.String({ description: 'path of the step' });
const by = Type.Optional(Type.String({ description: 'who asked for it' }));
const reason = Type.String();
const values = Type.Record(Type.String(), Type.Unknown());

/** Key is a path (`a`, `fan/2/b`), name is what people see. The steps a for-each makes are not listed before its list is known. */
export const PinnedStepSchema = Type.Object({ key: Type.String(), name: Type.String() });
export type PinnedStep = Static<typeof PinnedStepSchema>;

const ClaimSchema = Type.Object({
  subscriptionId: Type.String(),
  usableWhen: Type.Array(Type.Enum(LIFECYCLE)),
  outOfSyncAllowed: Type.Boolean(),
  blockedByUsers: Type.Boolean(),
  version: Type.Optional(Type.Integer({ description: 'the claim is refused where the subscription has another' })),
});
const ParentSchema = Type.Object({ stream: Type.String(), key: Type.String(), rootProcessId: Type.String() });

const schemas = {
  /** First event: pins workflow, version and steps (law 8). `state` is the initial state, form answers included. */
  ProcessStarted: Type.Object({
    workflow: Type.String(),
    version: Type.Integer({ minimum: 1 }),
    target: TargetSchema,
    isTask: Type.Boolean(),
    steps: Type.Array(PinnedStepSchema),
    state: values,
    createdBy: Type.String(),
    product: Type.Optional(Type.Object({ productId: Type.String(), name: Type.String() })),
    customerId: Type.Optional(Type.String()),
    /** The subscription it claims before its first step. */
    claims: Type.Optional(ClaimSchema),
    /** Of a sub-workflow: whom it tells its end, and under whose claim it runs. */
    parent: Type.Optional(ParentSchema),
    time,
  }),
  /** It did not get the subscription: it never was, for everybody but the audit. */
  ProcessRefused: Type.Object({
    code: Type.String(),
    message: Type.String(),
    status: Type.Integer({ description: 'HTTP status of the refusal' }),
    details: Type.Record(Type.String(), Type.Unknown(), { description: 'further members of the problem details' }),
    time,
  }),
  /** Pinned anew, by the migration that the definition of `version` declares; `keys` has the paths that changed. */
  ProcessMigrated: Type.Object({
    version: Type.Integer({ minimum: 1 }),
    steps: Type.Array(PinnedStepSchema),
    keys: Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()])),
    time,
  }),
  /** An operator made the step due again; `changedInput`: with what the state holds now, under a key of its own. */
  StepResumed: Type.Object({ step, changedInput: Type.Optional(Type.Boolean()), by, time }),
  /** Its condition did not hold, or an operator passed over it; `result` stands for what it would have added. */
  StepSkipped: Type.Object({
    step,
    because: Type.Enum(['condition', 'operator']),
    reason: Type.Optional(reason),
    result: Type.Optional(values),
    by,
    time,
  }),
  /** A form waits for a person. */
  StepSuspended: Type.Object({ step, assignee: Type.Optional(Type.String()), time }),
  /** The answer of a form, merged deeply into the state. */
  InputGiven: Type.Object({ step, input: values, by, time }),
  StepSleeping: Type.Object({ step, until: Type.Number({ description: 'ms since the epoch' }), time }),
  /** The time has come, or an operator did not want to wait for it. */
  StepWoken: Type.Object({ step, by, time }),
  /** What the other side told of how far it is; the last one counts. */
  StepProgressed: Type.Object({ step, progress: Type.Unknown(), time }),
  /** The first of several branches is done: what else runs at these paths counts no more. */
  BranchesLeft: Type.Object({ step, won: Type.String(), left: Type.Array(Type.String()), time }),
  ValueSet: Type.Object({
    path: Type.String({ description: 'JSON pointer' }),
    value: Type.Unknown(),
    reason,
    by,
    time,
  }),
  /** From here on what is done is undone, last first; with `step` that one only. */
  CompensationStarted: Type.Object({ step: Type.Optional(step), reason: Type.Optional(reason), by, time }),
  ProcessCompleted: Type.Object({ time }),
  ProcessAborted: Type.Object({ reason: Type.Optional(reason), by, time }),
  ProcessHidden: Type.Object({ by, time }),
  ProcessNoteChanged: Type.Object({ note: Type.String(), by, time }),
} satisfies Record<string, TObject>;
type Schemas = typeof schemas;

export type ProcessLifecycleEvent = { [T in keyof Schemas]: DomainEvent<T, Static<Schemas[T]>> }[keyof Schemas];
export type ProcessEventOf<T extends keyof Schemas> = Extract<ProcessLifecycleEvent, { type: T }>;
export type ProcessStarted = ProcessEventOf<'ProcessStarted'>;
export type ProcessRefused = ProcessEventOf<'ProcessRefused'>;
export type StepResumed = ProcessEventOf<'StepResumed'>;
/** StepStarted, StepRequested, StepRetryScheduled, StepCompleted (`result` is the state delta), StepFailed, StepHandedBack. */
export type StepEvent = RequestEvent;
export type ProcessEvent = ProcessLifecycleEvent | StepEvent;

/** Everything that can be in a `process-` stream. */
export const processEvents: readonly EventSpec<string, never>[] = [
  ...requestEventSpecs(PROCESS, STEP_EVENTS),
  ...Object.entries(schemas).map(([type, schema]) => ({ category: PROCESS, type, schema })),
];
