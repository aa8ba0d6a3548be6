import type { CommandContext, Owed, Run } from '#kernel';
import type { EventLog, EventMetadata, RecordedEvent, StreamHead } from '#event-store';
import type { AnyDecider } from './runtime.types.js';

/** How many command ids of people, processes and callbacks a stream remembers (law 9). */
const REMEMBERED = 256;
/** Command ids of the runner itself begin so; they are recognised by request key and attempt instead. */
export const OWN_COMMAND = 'run:';

/** In whose name, and in which flow, an instance goes on by itself. */
export type Flow = Pick<CommandContext, 'correlationId' | 'actor' | 'tenant' | 'traceparent'>;

/** The folded stream as the runner holds it between commands. */
export interface Folded {
  readonly state: unknown;
  readonly head: StreamHead;
  readonly position: number;
  /** Command id to position of its append, oldest first. */
  readonly seen: Map<string, number>;
  /** Who started the flow: what the instance does by itself is done in this name. */
  readonly flow: Flow | undefined;
  readonly lastEventId: string;
}

/** As read from the log: with the event that began it. */
export interface FoldedStream extends Folded {
  readonly first: RecordedEvent | undefined;
}

/** Folds a stream, up to and including a revision when one is given. The same fold serves live work, recovery and audit. */
export async function foldStream(
  log: EventLog,
  decider: AnyDecider,
  stream: string,
  upTo?: number,
): Promise<FoldedStream> {
  const { events, head, position } = await log.read(stream, upTo);
  const seen = new Map<string, number>();
  let state: unknown = decider.initial();
  for (const event of events) {
    state = decider.evolve(state, event);
    remember(seen, event.metadata.commandId, event.position);
  }
  return {
    state,
    head,
    position,
    first: events[0],
    seen,
    flow: events[0] && flowOf({ ...events[0].metadata, correlationId: events[0].metadata.$correlationId }),
    lastEventId: events.at(-1)?.id ?? '',
  };
}

export const flowOf = ({ correlationId, actor, tenant, traceparent }: Flow): Flow => ({
  correlationId,
  actor,
  tenant,
  traceparent,
});

/** Keeps the last {@link REMEMBERED} ids from outside. */
export function remember(seen: Map<string, number>, commandId: string, position: number): void {
  if (commandId.startsWith(OWN_COMMAND)) return;
  seen.delete(commandId);
  seen.set(commandId, position);
  if (seen.size > REMEMBERED) seen.delete(seen.keys().next().value!);
}

/** Whoever appends this, or is woken by it, is about to record its intent. */
const beginsNow = (run: Run, now: number): boolean => run.intent !== undefined && run.notBefore <= now;

/** What the worklist shows for an instance that owes `owed`; undefined when it is at rest. */
export function openWorkOf(owed: readonly Owed[], now: number, graceMs: number): EventMetadata['owed'] {
  if (owed.length === 0) return undefined;
  let run = false;
  let due: number | null = null;
  let busy: number | undefined;
  for (const item of owed) {
    if (item.kind === 'run') {
      run = true;
      if (item.until !== undefined && !(busy !== undefined && item.until <= busy)) busy = item.until;
    }
    const at = item.kind === 'run' ? (beginsNow(item, now) ? now + graceMs : item.notBefore) : item.until;
    if (at !== undefined && (due === null || at < due)) due = at;
  }
  return busy === undefined ? { run, due } : { run, due, busy };
}
