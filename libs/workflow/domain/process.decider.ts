import { Refusal, type DrivenDecider, type Driving } from '#kernel';
import type { Request } from '#runtime';
import type { ProcessEvent, StepResumed } from '../published/index.js';
import { stepAt, type Compiled } from './compiled.js';
import type { StepNode } from './definition.js';
import { inputFaults, type FormFault } from './form.js';
import { evolveProcess, requests } from './process.evolve.js';
import { isFinished, owedBy } from './process.next.js';
import { allRequests, hasEnded, requestAt, type ProcessState, type StartedProcess } from './process.state.js';
import type { WorkflowRegistry } from './workflow-registry.js';

/** `time` is milliseconds since the epoch. */
export type ProcessCommand =
  | {
      readonly type: 'StartProcess';
      readonly workflow: string;
      readonly state: Readonly<Record<string, unknown>>;
      readonly createdBy: string;
      readonly product?: { readonly productId: string; readonly name: string };
      readonly customerId?: string;
      readonly time: number;
    }
  | { readonly type: 'ResumeProcess'; readonly time: number }
  | { readonly type: 'AbortProcess'; readonly reason?: string; readonly time: number };

type Start = ProcessCommand & { type: 'StartProcess' };

/**
 * The process as a driven decider. Refusals: `unknown_workflow` 404, `validation_failed` 400 (the initial state
 * is not what the workflow takes), `process_not_found` 404, `invalid_process_status` 409 (with the
 * status and the commands that fit). Throws UnknownDefinition for an instance whose definition is not here.
 */
export function processDecider(registry: WorkflowRegistry): DrivenDecider<ProcessState, ProcessCommand, ProcessEvent> {
  const compiledOf = (state: StartedProcess): Compiled => registry.bound(state);
  return {
    initial: () => ({ status: 'none' }),
    evolve: evolveProcess,
    next: (state) => (state.status === 'none' || hasEnded(state) ? [] : owedBy(compiledOf(state), state)),
    decide(command, state) {
      if (command.type === 'StartProcess') return state.status === 'none' ? start(registry, command) : [];
      if (command.type === 'ResumeProcess') return resume(command.time, existing(state));
      if (command.type === 'AbortProcess') return abort(command, existing(state));
      return state.status === 'none' ? [] : drive(command, state, compiledOf(state));
    },
  };
}

function existing(state: ProcessState): StartedProcess {
  if (state.status === 'none') throw new Refusal('process_not_found', 404, 'there is no such process');
  return state;
}

const byPointer = ({ loc, msg }: FormFault) => ({ pointer: loc.map((part) => `/${part}`).join(''), message: msg });

function start(registry: WorkflowRegistry, command: Start): readonly ProcessEvent[] {
  const compiled = registry.latest(command.workflow);
  if (compiled === undefined)
    throw new Refusal('unknown_workflow', 404, `there is no workflow ${command.workflow}`, {
      workflows: registry.all().map((each) => each.key),
    });
  const { key, version, target, isTask, input } = compiled.definition;
  const { state, createdBy, product, customerId, time } = command;
  const faults = inputFaults(input, state);
  if (faults.length > 0)
    throw new Refusal('validation_failed', 400, `this is no input of workflow ${key}`, {}, faults.map(byPointer));
  const started: ProcessEvent = {
    type: 'ProcessStarted',
    data: {
      workflow: key,
      version,
      target,
      isTask,
      steps: [...compiled.pinned],
      state,
      createdBy,
      ...(product && { product }),
      ...(customerId !== undefined && { customerId }),
      time,
    },
  };
  return completing([started], { status: 'none' }, compiled, time);
}

function resume(time: number, state: StartedProcess): readonly ProcessEvent[] {
  const steps = allRequests(state).filter((each) => each.status === 'failed' || each.status === 'retrying');
  if (hasEnded(state) || steps.length === 0) throw unfit(state, 'resumed');
  return steps.map((each): StepResumed => ({ type: 'StepResumed', data: { step: each.step, time } }));
}

function abort({ reason, time }: { reason?: string; time: number }, state: StartedProcess): readonly ProcessEvent[] {
  if (state.status === 'aborted') return [];
  if (state.status === 'completed') throw unfit(state, 'aborted');
  return [{ type: 'ProcessAborted', data: { ...(reason !== undefined && { reason }), time } }];
}

/** Commands that people may send in a state. */
export function legalCommands(state: StartedProcess): readonly string[] {
  if (hasEnded(state)) return [];
  return state.status === 'failed' || state.status === 'waiting' ? ['resume', 'abort'] : ['abort'];
}

const unfit = (state: StartedProcess, what: string): Refusal =>
  new Refusal('invalid_process_status', 409, `a process that is ${state.status} cannot be ${what}`, {
    state: state.status,
    commands: legalCommands(state),
  });

/** After an abort a late outcome is still recorded, so that what is left over outside can be seen; nothing is scheduled any more. */
function drive(command: Driving, state: StartedProcess, compiled: Compiled): readonly ProcessEvent[] {
  const keys = command.type === 'HandBack' ? command.keys : [command.key];
  const events: ProcessEvent[] = [];
  for (const key of keys) {
    const path = key.slice(0, key.lastIndexOf('/'));
    events.push(...decideStep(command, path, requestAt(state, path), compiled));
  }
  if (hasEnded(state)) return events.filter((each) => each.type === 'StepCompleted' || each.type === 'StepFailed');
  return events.some((each) => each.type === 'StepCompleted')
    ? completing(events, state, compiled, command.time)
    : events;
}

function decideStep(command: Driving, path: string, request: Request | undefined, compiled: Compiled) {
  const found = request && stepAt(compiled, path);
  return found ? requests.decide(ownNames(command, found.node), request, found.policy, found.check) : [];
}

/** A callback brings the other side's words; a handler has translated them already. */
function ownNames(command: Driving, { answer, key }: StepNode): Driving {
  if (command.type !== 'Outcome' || command.via !== 'callback' || command.outcome.kind !== 'done' || !answer)
    return command;
  try {
    return { ...command, outcome: { kind: 'done', result: answer(command.outcome.result) } };
  } catch (error) {
    const message = `what came for step ${key} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return {
      ...command,
      outcome: { kind: 'failed', failure: { kind: 'invalid_result', code: 'invalid_result', message } },
    };
  }
}

/** The end is told in the same append as the last step's completion. */
function completing(
  events: ProcessEvent[],
  state: ProcessState,
  compiled: Compiled,
  time: number,
): readonly ProcessEvent[] {
  const { sequence } = compiled;
  if (sequence !== undefined && state.status !== 'none' && state.position + 1 < sequence.length) return events;
  const after = events.reduce(evolveProcess, state);
  if (after.status !== 'none' && isFinished(compiled, after)) events.push({ type: 'ProcessCompleted', data: { time } });
  return events;
}
