import { dataOf, metadataOf, type EventMetadata, type StoredEvent } from '#event-store';
import type { FlowEvent, RequestFact } from './flow.types.js';

/** What an event says of a step of its stream. `generation` is absent where it is the newest one. */
export interface OfStep {
  readonly step: string;
  readonly generation: number | undefined;
  readonly attempt: number | undefined;
  readonly fact: RequestFact | undefined;
  readonly failure: unknown;
}

export interface MarkedEvent extends FlowEvent {
  readonly of: OfStep | undefined;
}

/** The events of one command; what was recorded as data is left behind but for what tells requests apart. */
export interface Append {
  readonly stream: string;
  readonly metadata: EventMetadata;
  readonly events: MarkedEvent[];
}

/** By stream and event type. */
export type FactOf = (stream: string, type: string) => RequestFact | undefined;

/** Groups events, which come in the order of their stream, by the append that wrote them. Throws Corrupt where they cannot be read. */
export function appendsIn(events: readonly StoredEvent[], factOf: FactOf): Append[] {
  const appends: Append[] = [];
  let text: string | undefined;
  for (const event of events) {
    if (event.metadata !== text) appends.push({ stream: event.stream, metadata: metadataOf(event), events: [] });
    text = event.metadata;
    appends.at(-1)!.events.push(marked(event, factOf));
  }
  return appends;
}

function marked(event: StoredEvent, factOf: FactOf): MarkedEvent {
  const { id, type, stream, revision, position } = event;
  return { id, type, revision, position, of: stepIn(event, factOf(stream, type)) };
}

function stepIn(event: StoredEvent, fact: RequestFact | undefined): OfStep | undefined {
  if (!event.data.includes('"step":')) return undefined;
  const { step, generation, attempt, failure } = dataOf(event);
  if (typeof step !== 'string') return undefined;
  const whole = (value: unknown) => (typeof value === 'number' ? value : undefined);
  return { step, generation: whole(generation), attempt: whole(attempt), fact, failure };
}

export const addressOf = (stream: string, { step }: OfStep): string => `${stream}/${step}`;
export const keyOf = (stream: string, { step, generation }: OfStep): string | undefined =>
  generation === undefined ? undefined : `${stream}/${step}/${generation}`;
