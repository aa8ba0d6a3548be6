import { Type, type Static } from 'typebox';
import type { Fault, Outcome } from '#kernel';
import { faultsOf } from './schema-faults.js';

/** Longest code and message that are kept: they end up in an event. */
const CODE = 200;
const MESSAGE = 1_000;

/** Body of every callback: published with the provisioner contract. */
export const CallbackBodySchema = Type.Object({
  status: Type.Enum(['done', 'failed', 'progress']),
  result: Type.Optional(Type.Unknown({ description: 'with `done`: what the request asked for' })),
  error: Type.Optional(
    Type.Object({
      code: Type.Optional(Type.String({ description: 'stable, for machines' })),
      message: Type.Optional(Type.String({ description: 'for people' })),
      retryable: Type.Optional(Type.Boolean({ description: 'true: the same request may be sent again' })),
    }),
  ),
  progress: Type.Optional(Type.Unknown({ description: 'with `progress`: shown to people' })),
});

/** What a callback's body means, or what is wrong with it by JSON pointer (the intake answers 400). Names are still the other side's. */
export function readCallback(body: unknown): Outcome | { readonly faults: readonly Fault[] } {
  const faults = faultsOf(CallbackBodySchema, body);
  if (faults.length > 0) return { faults };
  const { status, result, error, progress } = body as Static<typeof CallbackBodySchema>;
  switch (status) {
    case 'done':
      return { kind: 'done', result: result ?? {} };
    case 'progress':
      return { kind: 'pending', ...(progress !== undefined && { progress }) };
    case 'failed': {
      const { code = 'failed', message = 'the other side reports a failure', retryable = false } = error ?? {};
      const kind = retryable ? 'retryable' : 'refused';
      return { kind: 'failed', failure: { kind, code: code.slice(0, CODE), message: message.slice(0, MESSAGE) } };
    }
  }
}
