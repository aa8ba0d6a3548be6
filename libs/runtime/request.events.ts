import { Type, type TObject } from 'typebox';
import type { EventSpec } from '#event-store';
import type { DomainEvent, Failure } from '#kernel';

/** The context's own past-tense names for what can happen to a request. */
export interface RequestEvents {
  /** The intent: on disk before the attempt leaves (law 1). */
  readonly started: string;
  /** The other side took it and will finish later. */
  readonly accepted: string;
  readonly retryScheduled: string;
  readonly completed: string;
  readonly failed: string;
  /** A draining worker gave an attempt back before its `until`. */
  readonly handedBack: string;
  /** The deadline passed without an answer, and the policy says probe or alert. Needed where a policy says so. */
  readonly overdue?: string;
}

interface Of {
  readonly step: string;
  readonly generation: number;
  readonly attempt: number;
  readonly time: number;
}
export type RequestEventData = Of &
  Partial<{
    owner: string;
    until: number;
    input: unknown;
    tokenKey: string;
    deadline: number;
    location: string;
    pollAt: number;
    closesAt: number;
    failure: Failure;
    notBefore: number;
    result: unknown;
    doing: 'probe' | 'wait';
  }>;
export type RequestEvent = DomainEvent<string, RequestEventData>;

const of = {
  step: Type.String({ description: 'step key, a path' }),
  generation: Type.Integer({ minimum: 1 }),
  attempt: Type.Integer({ minimum: 0 }),
  time: Type.Number({ description: 'ms since the epoch' }),
};

export const FailureSchema = Type.Object({
  kind: Type.Union([
    Type.Literal('retryable'),
    Type.Literal('refused'),
    Type.Literal('unknown'),
    Type.Literal('invalid_result'),
  ]),
  code: Type.String(),
  message: Type.String(),
  status: Type.Optional(Type.Integer()),
  retryAfterMs: Type.Optional(Type.Number()),
  fields: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), message: Type.String() }))),
  traceback: Type.Optional(Type.String()),
});

const shapes: Record<keyof RequestEvents, TObject> = {
  started: Type.Object({
    ...of,
    owner: Type.String(),
    until: Type.Number(),
    input: Type.Optional(Type.Unknown()),
    tokenKey: Type.Optional(Type.String()),
    deadline: Type.Optional(Type.Number()),
  }),
  accepted: Type.Object({
    ...of,
    location: Type.Optional(Type.String()),
    pollAt: Type.Optional(Type.Number()),
    closesAt: Type.Number(),
  }),
  retryScheduled: Type.Object({ ...of, failure: FailureSchema, notBefore: Type.Number() }),
  completed: Type.Object({ ...of, result: Type.Unknown() }),
  failed: Type.Object({ ...of, failure: FailureSchema }),
  handedBack: Type.Object({ ...of, owner: Type.String() }),
  overdue: Type.Object({ ...of, doing: Type.Enum(['probe', 'wait']) }),
};

/** Event specs of a context's requests, to be registered with its other events. */
export function requestEventSpecs(category: string, names: RequestEvents): readonly EventSpec<string, never>[] {
  return (Object.keys(shapes) as (keyof RequestEvents)[]).flatMap((kind) => {
    const type = names[kind];
    return type === undefined ? [] : [{ category, type, schema: shapes[kind] }];
  });
}
