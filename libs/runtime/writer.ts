import type { Clock, CommandContext, DomainEvent, Owed } from '#kernel';
import { StoreUnavailable, type Appended, type EventLog, type PreparedAppend } from '#event-store';
import { flowOf, openWorkOf, remember, type Folded } from './instance.js';

/** How soon someone else looks at an effect that is owed but has no slot here, ms. */
const GRACE_MS = 5_000;

export interface WriterOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  /** True when this process is gone: a simulation's crash ends the repeats. */
  readonly gone: () => boolean;
}

/** Turns decided events into one append with metadata, and the folded instance behind it. */
export class Writer {
  constructor(private readonly options: WriterOptions) {}

  /** `time` is milliseconds since the epoch; `owed` what the state behind the events owes. */
  prepare(
    stream: string,
    folded: Folded,
    context: CommandContext,
    events: readonly DomainEvent[],
    owed: readonly Owed[],
    goesOn: boolean,
    time: number,
  ): PreparedAppend {
    return this.options.log.prepare(stream, folded.head, events, {
      $correlationId: context.correlationId,
      $causationId: context.causationId,
      actor: context.actor,
      tenant: context.tenant,
      commandId: context.commandId,
      time,
      traceparent: context.traceparent,
      bodyHash: context.bodyHash,
      owed: openWorkOf(owed, time, GRACE_MS),
      goesOn: goesOn ? true : undefined,
    });
  }

  /** Identical bytes until the store has answered, for ever: only then is the outcome known. */
  write(prepared: PreparedAppend, tries = 1): Promise<Appended> {
    return this.options.log.append(prepared).catch(async (error: unknown) => {
      if (!(error instanceof StoreUnavailable) || error.outcomeKnown) throw error;
      await pause(this.options.clock, Math.min(50 * 2 ** Math.min(tries, 7), 5_000));
      if (this.options.gone()) throw error;
      return this.write(prepared, tries + 1);
    });
  }
}

/** The instance behind an append at `position`. */
export function after(
  folded: Folded,
  prepared: PreparedAppend,
  context: CommandContext,
  state: unknown,
  position: number,
): Folded {
  remember(folded.seen, context.commandId, position);
  return {
    state,
    head: prepared.head,
    position,
    seen: folded.seen,
    flow: folded.flow ?? flowOf(context),
    lastEventId: prepared.events.at(-1)!.id,
  };
}

export const pause = (clock: Clock, ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
