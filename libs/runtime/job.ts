import { Refusal, type CommandContext, type DomainEvent, type Owed, type Run } from '#kernel';
import { OWN_COMMAND, type Flow, type Folded } from './instance.js';
import { fitting } from './outcome.js';
import type { Dispatched, Patience } from './runtime.types.js';

/** What is posted to an instance. */
export interface Job {
  readonly commands: (owed: readonly Owed[]) => readonly { readonly type: string }[];
  readonly context?: CommandContext;
  readonly patience: Patience;
  /** Something may have happened to the instance elsewhere: what is held is compared with the log first. */
  readonly fresh?: boolean;
  /** The attempt whose outcome this is: its slot is free from here on. */
  readonly ended?: Run;
  /** Intents that may go with this append; as many as there are when absent. */
  readonly most?: number;
}

export const NOBODY: Flow = { correlationId: '', actor: 'purveyor', tenant: 'default' };

export function answer(
  stream: string,
  folded: Folded,
  events: readonly DomainEvent[],
  repeated: boolean,
  position = folded.position,
): Dispatched {
  return { stream, state: folded.state, revision: folded.head.revision, position, events, repeated };
}

/** What the runner decides by itself is done in the name of whoever began the flow, and caused by the last event. */
export function ownContext(folded: Folded, job: Job): CommandContext {
  const commandId = job.ended ? `${OWN_COMMAND}${job.ended.key}#${job.ended.attempt}` : `${OWN_COMMAND}wake`;
  const { correlationId, actor, tenant, traceparent } = folded.flow ?? NOBODY;
  return { commandId, correlationId, causationId: folded.lastEventId, actor, tenant, traceparent };
}

/** What is too large to be recorded is cut once, and is what it is then. */
export const cutShort = (job: Job): Job => ({ ...job, commands: (owed) => job.commands(owed).map(fitting) });

export function tooManyConflicts(patience: Patience, stream: string): Refusal {
  return patience === 'callback'
    ? new Refusal('callback_busy', 503, `${stream} is busy`, { retryAfter: 1 })
    : new Refusal('too_many_conflicts', 409, `${stream} changes too often; try again`);
}
