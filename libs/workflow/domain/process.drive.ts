import { sameJson, type Driving } from '#kernel';
import { requestKey, stepOf, type Request, type RequestEvent } from '#runtime';
import { STEP_EVENTS, type ProcessEvent, type StepEvent } from '../published/index.js';
import { stepAt, type Compiled } from './compiled.js';
import { CLAIM, DUTY_POLICY, type Claimed } from './duties.js';
import type { StepNode } from './node.js';
import { requests } from './process.evolve.js';
import {
  hasEnded,
  isDuty,
  isLeft,
  isRequest,
  isUndo,
  passedOverAt,
  pathNow,
  rowAt,
  type Row,
  type StartedProcess,
} from './process.state.js';
import { undoPolicy } from './undo.js';

type Events = readonly ProcessEvent[];

/** The runner's own commands: what an attempt, a callback or a time brings, decided against the state (law 4). */
export function drive(command: Driving, state: StartedProcess, compiled: Compiled): Events {
  if (command.type !== 'HandBack') return said(command, command.key, state, compiled);
  return command.keys.flatMap((key) => said(command, key, state, compiled));
}

function said(command: Driving, key: string, state: StartedProcess, compiled: Compiled): Events {
  const path = stepOf(key);
  const row = rowAt(state, path);
  if (row === undefined) return NOTHING;
  const over = passedOverAt(state, path);
  // Only a success is of interest: there is something outside that nobody asks for any more.
  if (over !== undefined)
    return decideStep(command, path, over, state, compiled).filter(({ type }) => type === STEP_EVENTS.completed);
  if (!isRequest(row)) return woken(command, path, row, state);
  const events = decideStep(command, path, row, state, compiled);
  if (events.length === 0) return progressed(command, path, row, state);
  if (path === CLAIM) return withRefusal(events, command, state);
  return countsNoMore(state, path) ? events.map(forGood) : events;
}
const NOTHING: Events = [];

/** A reason to refuse ends the process in the append that records it. */
function withRefusal(events: readonly StepEvent[], { time }: Driving, state: StartedProcess): Events {
  const [{ type, data }] = events as readonly [StepEvent];
  const refused = type === 'StepCompleted' ? (data.result as Claimed).refused : undefined;
  if (refused === undefined || hasEnded(state)) return events;
  return [...events, { type: 'ProcessRefused', data: { ...refused, time } }];
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

function decideStep(
  command: Driving,
  path: string,
  request: Request,
  state: StartedProcess,
  compiled: Compiled,
): readonly RequestEvent[] {
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

/** A sleep whose time has come. */
function woken(command: Driving, step: string, row: Row, state: StartedProcess): Events {
  const due = command.type === 'Due' && row.status === 'sleeping' && row.until <= command.time;
  return due && !hasEnded(state) ? [{ type: 'StepWoken', data: { step, time: command.time } }] : NOTHING;
}

/** What the other side tells of how far it is, when that is new. */
function progressed(command: Driving, step: string, row: Request, state: StartedProcess): Events {
  if (command.type !== 'Outcome' || command.via !== 'callback' || command.outcome.kind !== 'pending') return NOTHING;
  const { progress } = command.outcome;
  const waits =
    command.key === requestKey(row.step, row.generation) && WAITING.includes(row.status) && !hasEnded(state);
  if (!waits || progress === undefined || sameJson(progress, state.rare?.progress[step])) return NOTHING;
  return [{ type: 'StepProgressed', data: { step, progress, time: command.time } }];
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
