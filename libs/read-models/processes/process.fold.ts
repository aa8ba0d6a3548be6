import type { RecordedEvent } from '#event-store';
import {
  failureShows,
  mostUrgent,
  movedPath,
  type OpenStatus,
  type ProcessEventOf,
  type ProcessLifecycleEvent,
} from '#workflow/published';
import { renamedAgain } from './began-as.js';
import { newProcess, newStep, REFUSED, type ProcessDoc, type StepDoc } from './process.doc.js';
import { withStep, type AnyStepEvent } from './step.fold.js';

/** Changes `doc` in place: of a big document an event touches one step. */
export function foldProcess(doc: ProcessDoc | undefined, event: RecordedEvent): ProcessDoc | undefined {
  if (event.type === 'ProcessStarted') return newProcess(event as never, event);
  if (doc === undefined) return undefined;
  const at = event.metadata.time;
  doc.updatedAt = at;
  if (changed(doc, event as never)) return shown(doc, at);
  const step = event as never as AnyStepEvent;
  if (isQuietDuty(doc, step)) return doc;
  withStep(doc, step, at, event.metadata.actor);
  return shown(doc, at);
}

/** What a process owes beside its steps is no row of it, unless people must see it: undoing a step, and what has failed for good. */
function isQuietDuty({ steps }: ProcessDoc, { type, data }: AnyStepEvent): boolean {
  if (!data.step.startsWith('$') || data.step.startsWith('$undo/') || type === 'StepFailed') return false;
  return !steps.some(({ key }) => key === data.step);
}

/** What concerns the process as a whole; false for an event of a step. */
function changed(doc: ProcessDoc, event: ProcessLifecycleEvent): boolean {
  switch (event.type) {
    case 'ProcessCompleted':
      doc.status = 'completed';
      return true;
    case 'ProcessAborted':
      doc.status = 'aborted';
      return true;
    case 'ProcessRefused':
      doc.status = REFUSED;
      return true;
    case 'ProcessMigrated':
      migrate(doc, event.data);
      return true;
    case 'BranchesLeft':
      doc.left = [...doc.left, ...event.data.left];
      return true;
    case 'ValueSet':
      doc.edits.push({ order: ++doc.completions, path: event.data.path, value: event.data.value });
      return true;
    case 'CompensationStarted':
      doc.undoing = true;
      return true;
    case 'ProcessHidden':
      doc.hidden = true;
      return true;
    case 'ProcessNoteChanged':
      doc.note = event.data.note;
      return true;
    default:
      return false;
  }
}

/** With branches the most urgent shows; what counts no more does not. */
function shown(doc: ProcessDoc, at: number): ProcessDoc {
  const { shows, begun, failed, suspended } = counted(doc);
  const over = doc.status === 'aborted' || doc.status === 'completed' || doc.status === REFUSED;
  if (!over && (begun || shows.length > 0)) doc.status = shows.length > 0 ? mostUrgent(shows) : 'running';
  doc.failedReason = failed?.failure?.message ?? null;
  doc.failedAt = failed && !over ? (doc.failedAt ?? at) : null;
  const blamed = failed?.failure && failureShows(doc.started.isTask, failed.failure).assignee;
  doc.assignee = suspended?.assignee ?? blamed ?? 'SYSTEM';
  return doc;
}

/** What its steps come to, in one pass: every event asks. While it is undone, what shows is the undoing. */
function counted({ left, steps, undoing }: ProcessDoc) {
  const shows: OpenStatus[] = [];
  let begun = undoing;
  let failed: StepDoc | undefined;
  let suspended: StepDoc | undefined;
  for (const step of steps) {
    if (left.some((prefix) => step.key.startsWith(prefix))) continue;
    begun ||= step.status !== 'pending';
    if (step.status === 'failed') failed ??= step;
    if (step.status === 'suspend') suspended ??= step;
    if (step.shows !== undefined && (!undoing || step.key.startsWith('$'))) shows.push(step.shows);
  }
  return { shows, begun, failed, suspended };
}

function migrate(doc: ProcessDoc, { steps, keys }: ProcessEventOf<'ProcessMigrated'>['data']): void {
  const moved = (path: string) => movedPath(keys, path);
  const begun = doc.steps.filter(hasBegun).map(({ key }) => key);
  doc.renamed = renamedAgain(doc.renamed, begun, moved);
  const before = doc.steps.filter((step) => {
    const to = moved(step.key);
    if (to !== undefined) step.key = to;
    return to !== undefined;
  });
  const rows = new Map(before.map((step) => [step.key, step]));
  const pinned = new Set(steps.map(({ key }) => key));
  const others = before.filter((step) => !pinned.has(step.key) && (step.status !== 'pending' || hasBegun(step)));
  doc.steps.splice(0, Infinity, ...steps.map(({ key, name }) => rows.get(key) ?? newStep(key, name)), ...others);
}

const hasBegun = ({ attempts, failures }: StepDoc): boolean => attempts > 0 || failures !== undefined;
