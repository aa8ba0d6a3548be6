import { Refusal, type DrivenDecider, type Driving } from '#kernel';
import type { Request, RequestEvent } from '#runtime';
import type { ProcessCommand, ProcessEvent, StartProcess, StepEvent, StepResumed } from '../published/index.js';
import { stepAt, type Compiled } from './compiled.js';
import type { StepNode } from './definition.js';
import { CLAIM, DUTY_POLICY, type Claimed } from './duties.js';
import { inputFaults, type FormFault } from './form.js';
import { evolveProcess, requests } from './process.evolve.js';
import { isFinished, owedBy } from './process.next.js';
import { allRequests, hasEnded, isDuty, requestAt, type ProcessState, type StartedProcess } from './process.state.js';
import type { WorkflowRegistry } from './workflow-registry.js';

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
    next: (state) => (state.status === 'none' ? [] : owedBy(compiledOf(state), state)),
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

function start(registry: WorkflowRegistry, command: StartProcess): readonly ProcessEvent[] {
  const compiled = registry.latest(command.workflow);
  if (compiled === undefined)
    throw new Refusal('unknown_workflow', 404, `there is no workflow ${command.workflow}`, {
      workflows: registry.all().map((each) => each.key),
    });
  const { key, version, target, isTask, input } = compiled.definition;
  const { state, createdBy, product, customerId, claims, parent, time } = command;
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
      ...(claims && { claims: { ...claims, usableWhen: [...claims.usableWhen] } }),
      ...(parent && { parent }),
      time,
    },
  };
  return completing([started], { status: 'none' }, compiled, time);
}

function resume(time: number, state: StartedProcess): readonly ProcessEvent[] {
  const may = hasEnded(state) ? Object.values(state.duties) : [...allRequests(state), ...Object.values(state.duties)];
  const steps = may.filter((each) => each.status === 'failed' || each.status === 'retrying');
  if (steps.length === 0) throw unfit(state, 'resumed');
  return steps.map((each): StepResumed => ({ type: 'StepResumed', data: { step: each.step, time } }));
}

function abort({ reason, time }: { reason?: string; time: number }, state: StartedProcess): readonly ProcessEvent[] {
  if (state.status === 'aborted') return [];
  if (hasEnded(state)) throw unfit(state, 'aborted');
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

function drive(command: Driving, state: StartedProcess, compiled: Compiled): readonly ProcessEvent[] {
  const keys = command.type === 'HandBack' ? command.keys : [command.key];
  const events: StepEvent[] = [];
  for (const key of keys) {
    const path = key.slice(0, key.lastIndexOf('/'));
    const decided = decideStep(command, path, requestAt(state, path), compiled);
    events.push(...(hasEnded(state) && !isDuty(path) ? decided.map(forGood) : decided));
  }
  if (hasEnded(state)) return events;
  const refused = refusedBy(events);
  if (refused !== undefined) return [...events, { type: 'ProcessRefused', data: { ...refused, time: command.time } }];
  return events.some((each) => each.type === 'StepCompleted')
    ? completing(events, state, compiled, command.time)
    : events;
}

/** After the end a late outcome is still recorded, so that what is left over outside can be seen; nothing is tried again. */
function forGood(event: RequestEvent): RequestEvent {
  if (event.type !== 'StepRetryScheduled') return event;
  const { notBefore: _, ...data } = event.data;
  return { type: 'StepFailed', data };
}

function refusedBy(events: readonly StepEvent[]): Claimed['refused'] {
  const answered = events.find(({ type, data }) => type === 'StepCompleted' && data.step === CLAIM);
  return (answered?.data.result as Claimed | undefined)?.refused;
}

function decideStep(command: Driving, path: string, request: Request | undefined, compiled: Compiled) {
  if (isDuty(path)) return requests.decide(command, request, DUTY_POLICY, () => undefined);
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
