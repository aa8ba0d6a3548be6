import { Type, type Static, type TObject } from 'typebox';
import type { EventSpec } from '#event-store';
import type { DomainEvent, Failure } from '#kernel';
import { FailureSchema, requestEventSpecs, type RequestEventData, type RequestEvents } from '#runtime';
import { AdoptedResourceSchema, ManifestSchema, NeedTermsSchema, ParentSchema } from './manifest.js';

export const OPERATION_CATEGORY = 'operation';
export const operationStream = (operationId: string): string => `${OPERATION_CATEGORY}-${operationId}`;

/** What can happen to a request; `data.step` is `<need>/provision`, `<need>/deprovision`, `<need>/secret`, `report` or `report-gone`. */
export const REQUEST_EVENTS = {
  started: 'RequestStarted',
  accepted: 'RequestAccepted',
  retryScheduled: 'RequestRetryScheduled',
  completed: 'RequestCompleted',
  failed: 'RequestFailed',
  handedBack: 'RequestHandedBack',
  overdue: 'RequestOverdue',
} as const satisfies RequestEvents;

const time = Type.Number({ description: 'ms since the epoch' });
const step = Type.String();
const reason = Type.String();
const failure = Type.Optional(Type.Unsafe<Failure>(FailureSchema));
/** Needs and what is left to do about them. */
const left = Type.Array(Type.Object({ need: Type.String(), todo: Type.Enum(['provision', 'deprovision']) }));

const schemas = {
  OperationCreated: Type.Object({
    manifest: ManifestSchema,
    /** By need. */
    terms: Type.Record(Type.String(), NeedTermsSchema),
    parent: Type.Optional(ParentSchema),
    /** By need; of an operation that only takes back. */
    adopted: Type.Optional(Type.Record(Type.String(), AdoptedResourceSchema)),
    time,
  }),
  ProvisioningStarted: Type.Object({ time }),
  ProvisioningRequested: Type.Object({ time }),
  Provisioned: Type.Object({ time }),
  ProvisioningFailed: Type.Object({ left, failure, time }),
  /** `tell`: who is told the end of it, beside the parent, who is told what became of what it asked for. */
  DeprovisioningStarted: Type.Object({ tell: Type.Optional(ParentSchema), time }),
  DeprovisioningRequested: Type.Object({ time }),
  Deprovisioned: Type.Object({ time }),
  DeprovisioningFailed: Type.Object({ left, failure, time }),
  /** An operator made a failed, overdue or waiting request due now. */
  RequestResumed: Type.Object({ step, time }),
  /** An operator gave up what was open, or accepted what a failure left. */
  OperationGivenUp: Type.Object({ reason, time }),
  /** A callback that decided nothing, or an answer nobody waited for any more. Outcomes are those of the runner. */
  AnswerReceived: Type.Object({
    key: Type.String(),
    answerId: Type.String(),
    verdict: Type.Enum(['duplicate', 'progress', 'conflict', 'late']),
    outcome: Type.Unknown(),
    time,
  }),
  LateAnswerAccepted: Type.Object({ step, answerId: Type.String(), reason, time }),
} satisfies Record<string, TObject>;
type Schemas = typeof schemas;

export type OperationRequestEvent = DomainEvent<(typeof REQUEST_EVENTS)[keyof typeof REQUEST_EVENTS], RequestEventData>;
export type OperationLifecycleEvent = { [T in keyof Schemas]: DomainEvent<T, Static<Schemas[T]>> }[keyof Schemas];
/** Everything that can happen to a provisioning operation. Secrets are vault references. */
export type OperationEvent = OperationLifecycleEvent | OperationRequestEvent;
export type OperationEventOf<T extends keyof Schemas> = Extract<OperationLifecycleEvent, { type: T }>;

/** To be registered by whoever reads or writes operations. */
export const operationEvents: readonly EventSpec<string, never>[] = [
  ...Object.entries(schemas).map(([type, schema]) => ({ category: OPERATION_CATEGORY, type, schema })),
  ...requestEventSpecs(OPERATION_CATEGORY, REQUEST_EVENTS),
];
