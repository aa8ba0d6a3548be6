import { metadataOf, type StoredEvent } from '#event-store';
import type { AuditEvent } from '#read-models';

const path = (stream: string): string => `/api/audit/streams/${encodeURIComponent(stream)}`;

/** Where more is to be had about an event. */
function linksOf({ stream, revision }: Pick<AuditEvent, 'stream' | 'revision'>, correlationId: string) {
  const [at, one] = [path(stream), `from=${revision}&limit=1`];
  return {
    self: `${at}?${one}`,
    raw: `${at}?${one}&raw=true`,
    state: `${at}/state?revision=${revision}`,
    ...(correlationId !== '' && { flow: `/api/audit/correlations/${encodeURIComponent(correlationId)}` }),
  };
}

/** An event as people read it: who, when and why stand beside what was recorded. */
export function readable(event: AuditEvent) {
  const { $correlationId: correlationId, $causationId: causationId, commandId, actor, time } = event.metadata;
  const cause = { correlationId, causationId, commandId };
  return { ...event, time, actor, cause, links: linksOf(event, correlationId) };
}
export type ReadableEvent = ReturnType<typeof readable>;

/** An event to the letter: what its hash was made over. Personal values are sealed in it. */
export function raw(event: StoredEvent) {
  const { $correlationId } = metadataOf(event);
  return { ...event, links: linksOf(event, $correlationId) };
}
export type RawEvent = ReturnType<typeof raw>;

/** Where to go on from a stream. */
export const streamLinks = (stream: string) => ({
  events: path(stream),
  state: `${path(stream)}/state`,
  explain: `/api/explain/${encodeURIComponent(stream)}`,
});
