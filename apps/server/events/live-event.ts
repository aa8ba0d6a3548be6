import { categoryOf, type StoredEvent } from '#event-store';

/**
 * An event as live clients see it. What was recorded stays in the log: of its data only what names a place or a kind leaves, so that no personal
 * value and no secret can. The audit shows the rest to whom it may be shown.
 */
export interface LiveEvent {
  readonly type: string;
  readonly stream: string;
  readonly category: string;
  readonly revision: number;
  readonly position: number;
  /** ms since the epoch. */
  readonly time: number;
  readonly actor: string;
  readonly correlationId: string;
  readonly step: string | null;
  readonly attempt: number | null;
  readonly failure: { readonly kind: string; readonly code: string } | null;
}

interface Told {
  readonly step?: unknown;
  readonly attempt?: unknown;
  readonly failure?: { readonly kind?: unknown; readonly code?: unknown };
}
interface Named {
  readonly time: number;
  readonly actor: string;
  readonly $correlationId: string;
}

const textOr = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Needs no code for the event's type. */
export function liveEvent({ type, stream, revision, position, data, metadata }: StoredEvent): LiveEvent {
  const { time, actor, $correlationId } = JSON.parse(metadata) as Named;
  const { step, attempt, failure } = (JSON.parse(data) ?? {}) as Told;
  const kind = textOr(failure?.kind);
  const code = textOr(failure?.code);
  return {
    type,
    stream,
    category: categoryOf(stream),
    revision,
    position,
    time,
    actor,
    correlationId: $correlationId,
    step: textOr(step),
    attempt: typeof attempt === 'number' ? attempt : null,
    failure: kind !== null && code !== null ? { kind, code } : null,
  };
}

/** As a server-sent event; the id is the log position to go on behind (HTML Living Standard, 9.2). */
export const frameOf = (event: LiveEvent): string =>
  `id: ${event.position}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** Moves the client's Last-Event-ID over what its filter leaves out, and shows that the connection lives. */
export const beatFrame = (position: number): string => `: beat\nid: ${position}\n\n`;
