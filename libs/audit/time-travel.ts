import type { RecordedEvent } from '#event-store';
import { Refusal } from '#kernel';
import { difference, related, type Change } from './difference.js';
import { Finder, type Point } from './point.js';
import { replay, type Folding, type Step } from './replay.js';

/** What an auditor is told of the event behind a state or a change. Times are ms since the epoch. */
export interface EventMark {
  readonly id: string;
  readonly type: string;
  readonly revision: number;
  readonly position: number;
  readonly time: number;
  readonly actor: string;
}

export interface StateAt {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  /** Of the last event that is in the state. */
  readonly event: EventMark;
  readonly state: unknown;
}

/** The last event between the two points that touched the path. */
export type AttributedChange = Change & { readonly event: EventMark; readonly actor: string };

export interface Difference {
  readonly stream: string;
  readonly from: EventMark;
  readonly to: EventMark;
  readonly changes: readonly AttributedChange[];
}

/** The state of a stream at a point. Refusals: see {@link Finder}. */
export async function stateAt(folding: Folding, stream: string, point: Point): Promise<StateAt> {
  const finder = new Finder(point, { revision: '/revision', at: '/at' });
  for await (const step of replay(folding, stream)) if (!finder.reaches(step)) break;
  const { event, after } = finder.step(stream);
  return { stream, revision: event.revision, position: event.position, event: markOf(event), state: after };
}

/** What changed between two points, by which event. Refusals: see {@link Finder}; `bad_range` 400 where the points are the wrong way round. */
export async function differenceBetween(folding: Folding, stream: string, from: Point, to: Point): Promise<Difference> {
  const older = new Finder(from, { revision: '/from_revision', at: '/from_at' });
  const newer = new Finder(to, { revision: '/to_revision', at: '/to_at' });
  const touched = new Map<string, RecordedEvent>();
  for await (const step of replay(folding, stream)) {
    const [isOld, isNew] = [older.reaches(step), newer.reaches(step)];
    if (!isOld && !isNew) break;
    if (!isOld) for (const { path } of difference(step.before, step.after)) touched.set(path, step.event);
  }
  const [first, last] = [older.step(stream), newer.step(stream)];
  if (first.event.revision > last.event.revision) throw wrongWayRound(from, first, last);
  const changes = difference(first.after, last.after).map((change) => attributed(change, touched));
  return { stream, from: markOf(first.event), to: markOf(last.event), changes };
}

function attributed(change: Change, touched: ReadonlyMap<string, RecordedEvent>): AttributedChange {
  let by: RecordedEvent | undefined;
  for (const [path, event] of touched)
    if ((by === undefined || event.revision > by.revision) && related(path, change.path)) by = event;
  if (by === undefined) throw new Error(`nothing changed ${change.path}`);
  return { ...change, event: markOf(by), actor: by.metadata.actor };
}

export const markOf = ({ id, type, revision, position, metadata }: RecordedEvent): EventMark => ({
  id,
  type,
  revision,
  position,
  time: metadata.time,
  actor: metadata.actor,
});

function wrongWayRound(from: Point, first: Step, last: Step): Refusal {
  const pointer = typeof from === 'object' && 'at' in from ? '/from_at' : '/from_revision';
  const detail = `revision ${first.event.revision} is behind revision ${last.event.revision}`;
  return new Refusal('bad_range', 400, detail, {}, [{ pointer, message: 'is behind the other point' }]);
}
