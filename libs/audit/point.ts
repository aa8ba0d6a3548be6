import type { RecordedEvent } from '#event-store';
import { Refusal } from '#kernel';
import type { Step } from './replay.js';

/** A place in a stream's history: behind a revision, at an instant (ms since the epoch), or its end. */
export type Point = { readonly revision: number } | { readonly at: number } | 'newest';

/**
 * Finds the last step at or before a point while a stream goes by. At an instant that is the last one before the first later event: what
 * was recorded behind it cannot have been known then, whatever a clock that was slow has written on it.
 */
export class Finder {
  private found: Step | undefined;
  private first: Step | undefined;
  private passed = false;

  constructor(
    private readonly point: Point,
    private readonly pointers: PointPointers,
  ) {}

  /** Whether the step is still at or before the point. */
  reaches(step: Step): boolean {
    this.first ??= step;
    this.passed ||= isBehind(step.event, this.point);
    if (!this.passed) this.found = step;
    return !this.passed;
  }

  /** Refusals `not_found`, `revision_beyond_end` and `instant_before_start`, all 404. */
  step(stream: string): Step {
    const { found, first, point } = this;
    if (first === undefined) throw noStream(stream);
    if (found === undefined) throw beforeStart(first.event, this.pointers.at);
    const { revision } = found.event;
    if (typeof point === 'object' && 'revision' in point && revision < point.revision)
      throw beyondEnd(point.revision, revision, this.pointers.revision);
    return found;
  }
}

/** Where the input names the point, for refusals. */
export interface PointPointers {
  readonly revision: string;
  readonly at: string;
}

function isBehind(event: RecordedEvent, point: Point): boolean {
  if (point === 'newest') return false;
  return 'revision' in point ? event.revision > point.revision : event.metadata.time > point.at;
}

export const noStream = (stream: string): Refusal =>
  new Refusal('not_found', 404, `there is no stream ${stream}`, {}, [
    { pointer: '/stream', message: 'there is no such stream' },
  ]);

const beyondEnd = (wanted: number, last: number, pointer: string): Refusal =>
  new Refusal('revision_beyond_end', 404, `the stream ends at revision ${last}, before ${wanted}`, { last }, [
    { pointer, message: `is behind the last revision ${last}` },
  ]);

function beforeStart({ metadata }: RecordedEvent, pointer: string): Refusal {
  const first = new Date(metadata.time).toISOString();
  const errors = [{ pointer, message: `is before the first event of ${first}` }];
  return new Refusal('instant_before_start', 404, `the stream begins at ${first}`, { first }, errors);
}
