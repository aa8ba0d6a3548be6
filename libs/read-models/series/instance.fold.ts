import { categoryOf, type RecordedEvent } from '#event-store';
import type { Failure } from '#kernel';
import { undoStep } from '#portfolio/published';
import { OPERATION_CATEGORY } from '#provisioning/published';
import { failureShows, patternOf, PROCESS } from '#workflow/published';
import { codeLabel, label, type Measure } from './figures.js';
import type { InstanceDoc, OpenStep } from './instance.doc.js';
import { begin, isGone, TURNS } from './lifecycle.js';
import { moved } from './migrated.js';
import { MOVES, type Move } from './request-moves.js';

interface StepData {
  readonly step: string;
  readonly attempt?: number;
  readonly failure?: Failure;
  readonly assignee?: string;
  readonly closesAt?: number;
  readonly notBefore?: number;
  readonly until?: number;
}

/** Their data name the stage, those of the request itself its step. */
const BY_STAGE = new Set(['StageDeprovisioningResumed', 'StageLeftInPlace']);

/** The kind and the step of a request as figures have them. */
export function placeOf(category: string, { kind, types }: InstanceDoc, step: string): readonly [string, string] {
  if (category !== OPERATION_CATEGORY) return [label(kind), label(patternOf(step))];
  const slash = step.indexOf('/');
  return [label(types?.[step.slice(0, slash)] ?? kind), step.slice(slash + 1)];
}

/** What the event made of the instance, whose document it changes, and what it brings to the figures. Throws for an event of an instance that has not begun. */
export function foldInstance(doc: InstanceDoc | undefined, event: RecordedEvent, measure: Measure): InstanceDoc {
  const category = categoryOf(event.stream);
  const at = event.metadata.time;
  const begun = begin(event);
  if (begun !== undefined) {
    measure('begun', [category, label(begun.kind)]);
    return begun;
  }
  if (doc === undefined) throw new Error(`${event.type} came before the event that begins the instance`);
  const move = MOVES[category]?.get(event.type);
  if (move === undefined) return turned(doc, event, category, measure);
  const data = event.data as StepData;
  const path = BY_STAGE.has(event.type) ? undoStep(data.step) : data.step;
  const step = doc.renamed?.[path] ?? path;
  const told = { category, step, move, at, data };
  measureStep(doc, told, measure);
  moveStep(doc, told);
  return doc;
}

/** What concerns the whole of it. No event does both. */
function turned(doc: InstanceDoc, event: RecordedEvent, category: string, measure: Measure): InstanceDoc {
  const at = event.metadata.time;
  const other = moved(doc, event);
  if (other !== undefined) return other;
  const turn = TURNS[category]?.[event.type];
  if (turn === undefined) return doc;
  const { ended, anew, closes, gone } = turn;
  if (ended !== undefined) measure('run_time', [category, label(doc.kind), ended], at - doc.begun);
  const next = {
    ...doc,
    begun: anew ? at : doc.begun,
    gone: gone ? [...new Set([...doc.gone, ...gone(event.data)])] : doc.gone,
  };
  const stays = ([step, { state }]: [string, OpenStep]) => !closes?.(step, state) && !isGone(next, step);
  return { ...next, open: Object.fromEntries(Object.entries(doc.open).filter(stays)) };
}

interface Step {
  readonly category: string;
  readonly step: string;
  readonly move: Move;
  readonly at: number;
  readonly data: StepData;
}

/** An attempt is over when its outcome is recorded; a form, a sleep and what is handed back is no attempt. */
function measureStep(doc: InstanceDoc, { category, step, move, at, data }: Step, measure: Measure): void {
  const before = doc.open[step];
  const labels = [category, ...placeOf(category, doc, step)];
  const { attempt, failure } = data;
  const tried = attempt !== undefined && (failure !== undefined || move === 'done');
  if (tried)
    measure('attempts', [...labels, failure === undefined ? 'done' : move === 'failed' ? 'failed' : 'retried']);
  if (tried && typeof before?.asked === 'number') measure('answer_time', labels, at - before.asked);
  if (failure !== undefined && move === 'failed') measure('failures', [...labels, codeLabel(failure.code)]);
  if (move === 'done' && before !== undefined) measure('step_time', labels, at - before.begun);
}

function moveStep(doc: InstanceDoc, { category, step, move, at, data }: Step): void {
  const before = doc.open[step];
  if (move === 'done' || move === 'left' || isGone(doc, step)) {
    delete doc.open[step];
    return;
  }
  const { failure } = data;
  doc.open[step] = {
    state: move,
    begun: before?.begun ?? at,
    since: before?.state === move ? before.since : at,
    attempts: data.attempt ?? before?.attempts ?? 0,
    asked: move === 'accepted' || move === 'overdue' ? (before?.asked ?? at) : null,
    due: dueOf(move, data),
    code: move === 'failed' && failure ? codeLabel(failure.code) : null,
    assignee: assigneeOf(doc, category, move, data),
  };
}

function dueOf(move: Move, { closesAt, notBefore, until }: StepData): number | null {
  if (move === 'accepted') return closesAt ?? null;
  if (move === 'retrying') return notBefore ?? null;
  return move === 'sleeping' ? (until ?? null) : null;
}

/** Processes say who is to look at what has failed. */
function assigneeOf({ isTask }: InstanceDoc, category: string, move: Move, { assignee, failure }: StepData) {
  if (move === 'suspended') return assignee ?? null;
  return category === PROCESS && move === 'failed' && failure ? failureShows(isTask, failure).assignee : null;
}
