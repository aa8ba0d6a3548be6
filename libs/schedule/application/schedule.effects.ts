import { idOf, StoreError } from '#event-store';
import { isRefusal, type Clock, type CommandContext, type Outcome } from '#kernel';
import { uuidV5 } from '#platform';
import type { Dispatcher, Effect, EffectCall } from '#runtime';
import { processStream, type StartProcess } from '#workflow/published';
import { nextInstant } from '../domain/instants.js';
import { FIRE_EFFECT, type Fired, type FireInput } from '../domain/occurrence.decider.js';
import { PLAN_EFFECT, type PlanInput } from '../domain/schedule.decider.js';
import type { ActiveSchedule, ScheduleState } from '../domain/schedule.state.js';
import { actorOf, occurrenceStream, scheduleStream, type PlanOccurrence } from '../published/index.js';

/** Later than this a run was missed, ms: with the policy `skip` it is left out. */
const MISSED_AFTER_MS = 60_000;

/** In whose name a schedule runs: who made it. */
export type Scheduler = Pick<CommandContext, 'actor' | 'tenant'>;

export interface SchedulingPorts {
  readonly clock: Clock;
  /** A function, because the dispatcher is made from these effects. */
  readonly dispatcher: () => Dispatcher;
  /** A process begun by `createdBy` that is neither over nor stopped by a failure, as everything in the log now has it. */
  openRun(createdBy: string): Promise<string | undefined>;
  /**
   * The command that starts a workflow with these answers of its form, if `who` may. Throws a Refusal when it may not start; `patient`:
   * what is in the way for a moment only is waited for.
   */
  starting(
    workflow: string,
    pages: readonly unknown[],
    who: Scheduler,
    createdBy: string,
    patient?: boolean,
  ): Promise<StartProcess>;
}

/** The id of the process that a schedule starts at an instant (ms since the epoch): the same for whoever starts it. */
const runId = (scheduleId: string, at: number): string => uuidV5(JSON.stringify(['run', scheduleId, at]));
/** The id of the stream of an instant. */
const occurrenceId = (scheduleId: string, generation: number, at: number): string =>
  uuidV5(JSON.stringify(['occurrence', scheduleId, generation, at]));

export function scheduleEffects(ports: SchedulingPorts): readonly Effect[] {
  return [
    { name: PLAN_EFFECT, run: (call) => plan(ports, call) },
    { name: FIRE_EFFECT, run: async (call) => ({ kind: 'done', result: await fire(ports, call) }) },
  ];
}

async function plan(ports: SchedulingPorts, call: EffectCall): Promise<Outcome> {
  const { scheduleId = idOf(call.stream), generation, at } = call.input as PlanInput;
  const command: PlanOccurrence = { type: 'PlanOccurrence', scheduleId, generation, at, time: ports.clock.now() };
  const id = occurrenceId(scheduleId, generation, at);
  // Each run is a flow of its own, whoever made the schedule.
  const { actor } = call;
  await send(ports, call, occurrenceStream(id), command, { actor, correlationId: id });
  return { kind: 'done', result: {} };
}

/** What became of the instant. A run that an earlier attempt started is found by its id. Throws what passes by itself. */
async function fire(ports: SchedulingPorts, call: EffectCall): Promise<Fired> {
  const { scheduleId, generation, at } = call.input as FireInput;
  const { state } = await ports.dispatcher().load<ScheduleState>(scheduleStream(scheduleId));
  if (state.status !== 'active' || state.generation !== generation)
    return { kind: 'skipped', code: 'superseded', message: 'the schedule was changed or deleted', next: null };
  const became = await run(ports, call, state);
  return { ...became, next: nextInstant(state.trigger, Math.max(at, ports.clock.now())) };
}

type Became = Fired extends infer F ? (F extends Fired ? Omit<F, 'next'> : never) : never;
const skipped = (code: string, message: string, processId?: string): Became => ({
  kind: 'skipped',
  code,
  message,
  ...(processId !== undefined && { processId }),
});

async function run(ports: SchedulingPorts, call: EffectCall, schedule: ActiveSchedule): Promise<Became> {
  const { scheduleId, at } = call.input as FireInput;
  const processId = runId(scheduleId, at);
  const { revision } = await ports.dispatcher().load(processStream(processId));
  if (revision >= 0) return { kind: 'started', processId };
  if (schedule.missed === 'skip' && ports.clock.now() > at + MISSED_AFTER_MS)
    return skipped('missed', 'nothing could run at its time');
  const createdBy = actorOf(scheduleId);
  const open = await ports.openRun(createdBy);
  if (open !== undefined) return skipped('still_open', 'the run before is not over', open);
  try {
    const who = { actor: call.actor, tenant: call.tenant };
    const command = await ports.starting(schedule.workflow, schedule.pages, who, createdBy, true);
    // Whoever took this long has lost the instant to another.
    if (call.signal.aborted) throw new StoreError('store_unavailable', 'the time of this attempt is over');
    const { correlationId } = call;
    await send(ports, call, processStream(processId), command, { actor: createdBy, correlationId });
    return { kind: 'started', processId };
  } catch (error) {
    return refused(error);
  }
}

/** What will not pass by itself is recorded, and the next instant has its turn. */
function refused(error: unknown): Became {
  if (error instanceof StoreError) throw error;
  if (!isRefusal(error)) return skipped('start_failed', error instanceof Error ? error.message : String(error));
  if (error.status >= 500) throw error;
  const at = error.errors.map(({ pointer, message }) => `${pointer}: ${message}`);
  return skipped(error.code, [error.message, ...at].join('; ').slice(0, 2_000));
}

/** The command's id derives from the stream it makes (law 10): a repeat is silence. */
async function send(
  { dispatcher }: SchedulingPorts,
  { tenant, traceparent, idempotencyKey }: EffectCall,
  stream: string,
  command: { readonly type: string },
  flow: Pick<CommandContext, 'actor' | 'correlationId'>,
): Promise<void> {
  const context = { ...flow, commandId: uuidV5(stream), causationId: idempotencyKey, tenant, traceparent };
  await dispatcher().dispatch(stream, command, context, 'machine');
}
