import { Type, type Static } from 'typebox';
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

/** Key is a path (`a`, `fan/2/b`), name is what people see. The steps a for-each makes are not listed before its list is known. */
export const PinnedStepSchema = Type.Object({ key: Type.String(), name: Type.String() });
export type PinnedStep = Static<typeof PinnedStepSchema>;

const ClaimSchema = Type.Object({
  subscriptionId: Type.String(),
  usableWhen: Type.Array(Type.Enum(LIFECYCLE)),
  outOfSyncAllowed: Type.Boolean(),
  blockedByUsers: Type.Boolean(),
});
const ParentSchema = Type.Object({ stream: Type.String(), key: Type.String(), rootProcessId: Type.String() });

/** First event: pins workflow, version and steps (law 8). `state` is the initial state, form answers included. */
export const ProcessStartedSchema = Type.Object({
  workflow: Type.String(),
  version: Type.Integer({ minimum: 1 }),
  target: TargetSchema,
  isTask: Type.Boolean(),
  steps: Type.Array(PinnedStepSchema),
  state: Type.Record(Type.String(), Type.Unknown()),
  createdBy: Type.String(),
  product: Type.Optional(Type.Object({ productId: Type.String(), name: Type.String() })),
  customerId: Type.Optional(Type.String()),
  /** The subscription it claims before its first step. */
  claims: Type.Optional(ClaimSchema),
  /** Of a sub-workflow: whom it tells its end, and under whose claim it runs. */
  parent: Type.Optional(ParentSchema),
  time,
});
/** It did not get the subscription: it never was, for everybody but the audit. */
export const ProcessRefusedSchema = Type.Object({
  code: Type.String(),
  message: Type.String(),
  status: Type.Integer({ description: 'HTTP status of the refusal' }),
  details: Type.Record(Type.String(), Type.Unknown(), { description: 'further members of the problem details' }),
  time,
});
/** An operator made the failed step due again. */
export const StepResumedSchema = Type.Object({ step: Type.String(), time });
export const ProcessCompletedSchema = Type.Object({ time });
export const ProcessAbortedSchema = Type.Object({ reason: Type.Optional(Type.String()), time });

export type ProcessStarted = DomainEvent<'ProcessStarted', Static<typeof ProcessStartedSchema>>;
export type StepResumed = DomainEvent<'StepResumed', Static<typeof StepResumedSchema>>;
export type ProcessCompleted = DomainEvent<'ProcessCompleted', Static<typeof ProcessCompletedSchema>>;
export type ProcessAborted = DomainEvent<'ProcessAborted', Static<typeof ProcessAbortedSchema>>;
export type ProcessRefused = DomainEvent<'ProcessRefused', Static<typeof ProcessRefusedSchema>>;
/** StepStarted, StepRequested, StepRetryScheduled, StepCompleted (`result` is the state delta), StepFailed, StepHandedBack. */
export type StepEvent = RequestEvent;
export type ProcessLifecycleEvent = ProcessStarted | ProcessRefused | StepResumed | ProcessCompleted | ProcessAborted;
export type ProcessEvent = ProcessLifecycleEvent | StepEvent;

/** Everything that can be in a `process-` stream. */
export const processEvents: readonly EventSpec<string, never>[] = [
  { category: PROCESS, type: 'ProcessStarted', schema: ProcessStartedSchema },
  { category: PROCESS, type: 'ProcessRefused', schema: ProcessRefusedSchema },
  ...requestEventSpecs(PROCESS, STEP_EVENTS),
  { category: PROCESS, type: 'StepResumed', schema: StepResumedSchema },
  { category: PROCESS, type: 'ProcessCompleted', schema: ProcessCompletedSchema },
  { category: PROCESS, type: 'ProcessAborted', schema: ProcessAbortedSchema },
];
