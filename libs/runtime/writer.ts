import type { Clock, CommandContext, DomainEvent, Owed } from '#kernel';
import { StoreUnavailable, type EventLog, type PreparedAppend } from '#event-store';
import { flowOf, openWorkOf, remember, type Folded } from './instance.js';

/** How soon someone else looks at an effect that is owed but has no slot here, ms. */
const GRACE_MS = 5_000;

export interface WriterOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly appended?: (ms: number, events: number) => void;
  /** True when this process is gone: a simulation's crash ends the repeats. */
  readonly gone: () => boolean;
}

/** Turns decided events into one append with metadata, and the folded instance behind it. */
export class Writer {
  constructor(private readonly options: WriterOptions) {}

  async append(
    stream: string,
    folded: Folded,
    context: CommandContext,
    events: readonly DomainEvent[],
    state: unknown,
    owed: readonly Owed[],
  ): Promise<Folded> {
    const { log, clock } = this.options;
    const time = clock.now();
    if (log.hasPersonal(stream, events)) await log.ensureKeys(stream, events);
    const prepared = log.prepare(stream, folded.head, events, {
      $correlationId: context.correlationId,
      $causationId: context.causationId,
      actor: context.actor,
      tenant: context.tenant,
      commandId: context.commandId,
      time,
      traceparent: context.traceparent,
      bodyHash: context.bodyHash,
      owed: openWorkOf(owed, time, GRACE_MS),
    });
    const position = await this.write(prepared);
    this.options.appended?.(clock.now() - time, events.length);
    remember(folded.seen, context.commandId, position);
    const first = folded.first ?? firstOf(prepared, events[0]!, position);
    return {
      state,
      head: prepared.head,
      position,
      first,
      seen: folded.seen,
      flow: folded.flow ?? flowOf(first),
      lastEventId: prepared.events.at(-1)!.id,
    };
  }

  /** Identical bytes until the store has answered, for ever: only then is the outcome known. */
  private async write(prepared: PreparedAppend): Promise<number> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.options.log.append(prepared);
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || error.outcomeKnown || this.options.gone()) throw error;
        await pause(this.options.clock, Math.min(50 * 2 ** Math.min(tries, 7), 5_000));
      }
    }
  }
}

export const pause = (clock: Clock, ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));

function firstOf(prepared: PreparedAppend, event: DomainEvent, position: number): Folded['first'] {
  const { id, metadata } = prepared.events[0]!;
  return { ...event, id, stream: prepared.stream, revision: 0, position, metadata: JSON.parse(metadata) };
}
