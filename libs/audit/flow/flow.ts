import { Refusal } from '#kernel';
import { keyOf, type Append } from './appends.js';
import { Effects } from './effects.js';
import type { Cause, Flow, FlowCommand, FlowEffect, FlowEvent, FlowPart } from './flow.types.js';
import { Gathering, type FlowPorts } from './gather.js';

interface GrowingPart extends FlowPart {
  readonly commands: FlowCommand[];
}

/** The tree of one flow over all streams, from the request that began it to the last answer. Refusal `not_found` 404 where nothing bears the id. */
export async function traceFlow(ports: FlowPorts, correlationId: string): Promise<Flow> {
  const gathering = new Gathering(ports, correlationId);
  const appends = await gathering.appends();
  if (appends.length === 0) throw noFlow(correlationId);
  const tree = new Tree();
  for (const append of appends) tree.add(append);
  const times = appends.map(({ metadata }) => metadata.time);
  return {
    correlationId,
    complete: gathering.complete,
    from: Math.min(...times),
    to: Math.max(...times),
    streams: new Set(appends.map(({ stream }) => stream)).size,
    events: appends.reduce((count, { events }) => count + events.length, 0),
    parts: tree.parts,
  };
}

/** Hangs each command where it belongs, in the order of the log. */
class Tree {
  readonly parts: GrowingPart[] = [];
  private readonly effects = new Effects();
  /** Where the events, and the requests, of a stream are. */
  private readonly partOfEvent = new Map<string, GrowingPart>();
  private readonly partOfEffect = new Map<string, GrowingPart>();

  add(append: Append): void {
    const { stream, metadata, events } = append;
    const cause = this.causeOf(append);
    const part = this.partFor(append);
    const effects: FlowEffect[] = [];
    for (const { id, of } of events) {
      this.partOfEvent.set(id, part);
      const begun = of && this.effects.hear(stream, of, metadata.time);
      if (begun === undefined) continue;
      this.partOfEffect.set(begun.key, part);
      effects.push(begun);
    }
    part.commands.push({
      id: metadata.commandId,
      cause,
      correlationId: metadata.$correlationId,
      actor: metadata.actor,
      time: metadata.time,
      events: events.map(eventOf),
      effects,
    });
  }

  private causeOf(append: Append): Cause {
    const { $causationId: id, commandId } = append.metadata;
    if (this.effects.find(id)) return { kind: 'effect', id };
    if (this.partOfEvent.has(id)) return { kind: 'event', id };
    if (id === commandId) return { kind: 'request', id };
    return { kind: this.touched(append) === undefined ? 'unknown' : 'answer', id };
  }

  /** With the step that it is about, else with what sent it, else with the event that it follows; what nothing here caused is a root. */
  private partFor(append: Append): GrowingPart {
    const { $causationId } = append.metadata;
    const sender = this.effects.find($causationId);
    const own = this.touched(append) ?? (sender ? undefined : this.partOfEvent.get($causationId));
    if (own !== undefined) return own;
    const among = (sender?.parts as GrowingPart[] | undefined) ?? this.parts;
    const last = sender && among.find(({ stream }) => stream === append.stream);
    if (last !== undefined) return last;
    const part: GrowingPart = { stream: append.stream, commands: [] };
    among.push(part);
    return part;
  }

  private touched({ stream, events }: Append): GrowingPart | undefined {
    for (const { of } of events) {
      const effect = of && (this.effects.find(keyOf(stream, of) ?? '') ?? this.effects.at(stream, of));
      if (effect !== undefined) return this.partOfEffect.get(effect.key);
    }
    return undefined;
  }
}

const eventOf = ({ id, type, revision, position }: FlowEvent): FlowEvent => ({ id, type, revision, position });

export const noFlow = (id: string): Refusal =>
  new Refusal('not_found', 404, `nothing is recorded with the correlation id ${id}`, {}, [
    { pointer: '/id', message: 'no event has this correlation id' },
  ]);
