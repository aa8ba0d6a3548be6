import { Refusal, sameJson, type DrivenDecider, type Driving } from '#kernel';
import type { Request, RequestEvent } from '#runtime';
import type { ProcessCommand, ProcessEvent, ProcessStarted, StartProcess, StepEvent } from '../published/index.js';
import { stepAt, type Compiled } from './compiled.js';
import { CLAIM, DUTY_POLICY, FOLLOW, type Claimed } from './duties.js';
import { inputFaults } from './form.js';
import * as operator from './operator-commands.js';
import type { StepNode } from './node.js';
import { evolveProcess, requests } from './process.evolve.js';
import { withWhatFollows } from './process.follow.js';
import { owedBy } from './process.next.js';
import {
  hasEnded,
  isDuty,
  isLeft,
  isRequest,
  isUndo,
  pathNow,
  rowAt,
  type ProcessState,
  type Row,
  type StartedProcess,
} from './process.state.js';
import { undoPolicy } from './undo.js';
import type { WorkflowRegistry } from './workflow-registry.js';

type Events = readonly ProcessEvent[];
type PeoplesCommand = Exclude<ProcessCommand, StartProcess>;

/**
 * The process as a driven decider. Refusals: `unknown_workflow` 404, `validation_failed` 400 (the initial state
 * is not what the workflow takes), `process_not_found` 404, `invalid_process_status` 409 (with the
 * status and the commands that fit), and those of ProcessCommand. Throws UnknownDefinition for an instance whose definition is not here.
 */
export function processDecider(registry: WorkflowRegistry): DrivenDecider<ProcessState, ProcessCommand, ProcessEvent> {
  return {
    initial: () => ({ status: 'none' }),
    evolve: evolveProcess,
    next(state) {
      if (state.status === 'none') return [];
      const { compiled, migrated } = registry.carrying(state);
      return migrated === undefined ? owedBy(compiled, state) : [FOLLOW];
    },
    decide(command, state) {
      if (command.type === 'StartProcess') return state.status === 'none' ? start(registry, command) : [];
      if (state.status === 'none') {
        if (isDriving(command)) return [];
        throw new Refusal('process_not_found', 404, 'there is no such process');
      }
      const { compiled, migrated } = registry.carrying(state);
      if (migrated === undefined) return decided(command, state, compiled);
      const first: ProcessEvent = { type: 'ProcessMigrated', data: { ...migrated, time: command.time } };
      const moved = evolveProcess(state, first) as StartedProcess;
      return [first, ...decided(command, moved, compiled)];
    },
  };
}

const isDriving = (command: { readonly type: string }): command is Driving =>
  command.type === 'Outcome' || command.type === 'Due' || command.type === 'HandBack';

function decided(command: PeoplesCommand | Driving, state: StartedProcess, compiled: Compiled): Events {
  const events = isDriving(command) ? drive(command, state, compiled) : asked(command, state, compiled);
  return withWhatFollows(events, state, compiled, command.time);
}

function asked(command: PeoplesCommand, state: StartedProcess, compiled: Compiled): Events {
  switch (command.type) {
    case 'ResumeProcess':
      return operator.resume(command, state, compiled);
    case 'AbortProcess':
      return operator.abort(command, state);
    case 'SkipStep':
      return operator.skip(command, state, compiled);
    case 'SetValue':
      return operator.setValue(command, state);
    case 'CompensateProcess':
      return operator.compensate(command, state, compiled);
    case 'HideProcess':
      return operator.hide(command, state);
    case 'SetNote':
      return operator.note(command, state);
  }
}

function start(registry: WorkflowRegistry, command: StartProcess): Events {
  const compiled = registry.latest(command.workflow);
  if (compiled === undefined)
    throw new Refusal('unknown_workflow', 404, `there is no workflow ${command.workflow}`, {
      workflows: registry.all().map((each) => each.key),
    });
  const { key, input } = compiled.definition;
  const faults = inputFaults(input, command.state);
  if (faults.length > 0)
    throw new Refusal(
      'validation_failed',
      400,
      `this is no input of workflow ${key}`,
      {},
      faults.map(operator.byPointer),
    );
  return withWhatFollows([started(compiled, command)], { status: 'none' }, compiled, command.time);
}

function started({ definition, pinned }: Compiled, command: StartProcess): ProcessStarted {
  const { state, createdBy, product, customerId, claims, parent, time } = command;
  const { key, version, target, isTask } = definition;
  return {
    type: 'ProcessStarted',
    data: {
      workflow: key,
      version,
      target,
      isTask,
      steps: pinned,
      state,
      createdBy,
      ...(product && { product }),
      ...(customerId !== undefined && { customerId }),
      ...(claims && { claims: { ...claims, usableWhen: [...claims.usableWhen] } }),
      ...(parent && { parent }),
      time,
    },
  };
}

function drive(command: Driving, state: StartedProcess, compiled: Compiled): Events {
  const keys = command.type === 'HandBack' ? command.keys : [command.key];
  const events: StepEvent[] = [];
  const marks: ProcessEvent[] = [];
  for (const key of keys) {
    const path = key.slice(0, key.lastIndexOf('/'));
    const row = rowAt(state, path);
    const said = decideStep(command, path, isRequest(row) ? row : undefined, state, compiled);
    events.push(...(countsNoMore(state, path) ? said.map(forGood) : said));
    marks.push(...told(command, path, row, state));
  }
  const refused = hasEnded(state) ? undefined : refusedBy(events);
  if (refused !== undefined) return [...events, { type: 'ProcessRefused', data: { ...refused, time: command.time } }];
  return marks.length === 0 ? events : [...events, ...marks];
}

/** After the end, in a branch that was left, and while it is undone nothing is tried again. */
const countsNoMore = (state: StartedProcess, path: string): boolean =>
  !isDuty(path) && (hasEnded(state) || state.rare?.undoing !== undefined || isLeft(state, path));

/** A late outcome is still recorded, so that what is left over outside can be seen. */
function forGood(event: RequestEvent): RequestEvent {
  if (event.type !== 'StepRetryScheduled') return event;
  const { notBefore: _, ...data } = event.data;
  return { type: 'StepFailed', data };
}

function refusedBy(events: readonly StepEvent[]): Claimed['refused'] {
  const answered = events.find(({ type, data }) => type === 'StepCompleted' && data.step === CLAIM);
  return (answered?.data.result as Claimed | undefined)?.refused;
}

function decideStep(
  command: Driving,
  path: string,
  request: Request | undefined,
  state: StartedProcess,
  compiled: Compiled,
): readonly RequestEvent[] {
  if (request === undefined) return [];
  if (isUndo(path)) {
    const policy = undoPolicy(compiled, pathNow(state, path.slice('$undo/'.length)));
    return requests.decide(command, request, policy, () => undefined);
  }
  if (isDuty(path)) return requests.decide(command, request, DUTY_POLICY, () => undefined);
  const found = stepAt(compiled, pathNow(state, path));
  if (found === undefined) return [];
  const events = requests.decide(ownNames(command, found.node), request, found.policy, found.check);
  return found.node.awaitsCallback === true ? events.map(timedOut) : events;
}

/** A wait that is over is not taken up again: the next one has a token of its own. */
function timedOut(event: RequestEvent): RequestEvent {
  if (event.type !== 'StepFailed' || event.data.failure?.code !== 'deadline_exceeded') return event;
  const failure = { kind: 'refused', code: 'callback_timed_out', message: 'Callback timed out' } as const;
  return { type: event.type, data: Object.assign({}, event.data, { failure }) };
}

/** What the runner's command says of a step that owes no request, or that is under way. */
function told(command: Driving, path: string, row: Row | undefined, state: StartedProcess): Events {
  if (hasEnded(state) || row === undefined) return [];
  const { time } = command;
  if (command.type === 'Due')
    return row.status === 'sleeping' && row.until <= time ? [{ type: 'StepWoken', data: { step: path, time } }] : [];
  if (command.type !== 'Outcome' || command.via !== 'callback' || command.outcome.kind !== 'pending') return [];
  const { progress } = command.outcome;
  const waits = isRequest(row) && command.key === `${row.step}/${row.generation}` && WAITING.includes(row.status);
  if (!waits || progress === undefined || sameJson(progress, state.rare?.progress[path])) return [];
  return [{ type: 'StepProgressed', data: { step: path, progress, time } }];
}
const WAITING: readonly Row['status'][] = ['intended', 'accepted', 'overdue', 'retrying'];

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
