/** What an event says of a request to the outside; a context has its own names for it. */
export type RequestFact =
  'started' | 'accepted' | 'retryScheduled' | 'completed' | 'failed' | 'handedBack' | 'overdue' | 'skipped';

/** Why a command was decided; `id` is the causation id as it was recorded. */
export interface Cause {
  /** `request`: somebody sent it; `effect`: a request of the flow did; `event`: the instance went on by itself; `answer`: a callback. */
  readonly kind: 'request' | 'effect' | 'event' | 'answer' | 'unknown';
  readonly id: string;
}

/** Times are ms since the epoch. */
export interface FlowEvent {
  readonly id: string;
  readonly type: string;
  readonly revision: number;
  readonly position: number;
}

/** One command and the events of its one append. */
export interface FlowCommand {
  readonly id: string;
  readonly cause: Cause;
  /** Another one than that of the flow where somebody else's request, or an answer, went into it. */
  readonly correlationId: string;
  readonly actor: string;
  readonly time: number;
  readonly events: readonly FlowEvent[];
  /** That these events began. */
  readonly effects: readonly FlowEffect[];
}

/** What was decided in a stream by one cause and what follows from it, in order. */
export interface FlowPart {
  readonly stream: string;
  readonly commands: readonly FlowCommand[];
}

export interface FlowAttempt {
  readonly attempt: number;
  readonly startedAt: number;
  readonly acceptedAt: number | null;
  readonly endedAt: number | null;
  readonly durationMs: number | null;
  readonly outcome: EffectStatus;
  /** Without its message, which is the other side's text. */
  readonly failure: { readonly kind: string; readonly code: string; readonly status: number | null } | null;
}

export type EffectStatus =
  'under_way' | 'accepted' | 'retrying' | 'done' | 'failed' | 'handed_back' | 'overdue' | 'skipped';

/** One request to the outside, or to another stream: everything but what was said. */
export interface FlowEffect {
  /** Idempotency key: stream, step, generation. */
  readonly key: string;
  readonly step: string;
  readonly generation: number;
  readonly status: EffectStatus;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly durationMs: number | null;
  readonly attempts: readonly FlowAttempt[];
  /** What it brought about in other streams. */
  readonly parts: readonly FlowPart[];
}

export interface Flow {
  readonly correlationId: string;
  /** False where there is more than is shown. */
  readonly complete: boolean;
  readonly from: number;
  readonly to: number;
  readonly streams: number;
  readonly events: number;
  readonly parts: readonly FlowPart[];
}
