import { sameJson, type Driving } from '#kernel';
import type { Request, RequestEvent } from '#runtime';
import type { ProcessEvent, StepEvent } from '../published/index.js';
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
  pathNow,
  rowAt,
  type Row,
  type StartedProcess,
} from './process.state.js';
import { undoPolicy } from './undo.js';

type Events = readonly ProcessEvent[];

/** The runner's own commands: what an attempt, a callback or a time brings, decided against the state (law 4). */
export function drive(command: Driving, state: StartedProcess, compiled: Compiled): Events {
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
