import type { StoredEvent } from '#event-store';
import type { Checkpoint } from './checkpoint.js';
import type { Evidence, Finding, Progress } from './evidence.js';
import type { Place } from './walk.js';

/** Holds the log against checkpoints and marks while it goes by. */
export class Witnesses {
  /** Checkpoints that were true. */
  met = 0;
  suspect: Finding | undefined;
  private readonly byCount = new Map<number, Checkpoint[]>();
  /** First event behind the last mark or checkpoint that was met. */
  private behind: StoredEvent | undefined;

  constructor(
    private readonly evidence: Evidence,
    from: Progress,
  ) {
    this.suspect = from.suspect;
    for (const each of evidence.checkpoints)
      if (each.count > from.count) this.byCount.set(each.count, [...(this.byCount.get(each.count) ?? []), each]);
  }

  /** What is wrong at the latest with this event. */
  hear(place: Place, event: StoredEvent): Finding | undefined {
    this.behind ??= event;
    for (const checkpoint of this.byCount.get(place.count) ?? []) {
      if (checkpoint.hash !== place.hash) return this.contradicted(checkpoint);
      this.met++;
    }
    const mark = this.evidence.marks.get(place.count);
    if (mark !== undefined && mark !== place.hash) this.suspect ??= this.finding('a mark of the follower');
    if (mark === place.hash || this.byCount.has(place.count)) this.behind = undefined;
    return undefined;
  }

  /** What is wrong when the log ends here. */
  unheard(end: Place): Finding | undefined {
    const beyond = [...this.byCount.values()].flat().filter(({ count }) => count > end.count);
    const first = beyond.sort((a, b) => a.count - b.count)[0];
    if (first === undefined) return undefined;
    const reason = `the log ends after ${end.count} events, the ${told(first)} attests ${first.count}`;
    return this.suspect ? { ...this.suspect, reason } : { stream: '', revision: -1, reason };
  }

  private contradicted(checkpoint: Checkpoint): Finding {
    return this.suspect ?? this.finding(`the ${told(checkpoint)}`);
  }

  private finding(witness: string): Finding {
    const { stream, revision } = this.behind!;
    const reason = `${stream}@${revision}: at or behind this event the log is not what ${witness} attests; every chain is whole, so that events were dropped, inserted, written anew or put in another order`;
    return { stream, revision, reason };
  }
}

const told = ({ time, position }: Checkpoint): string =>
  `checkpoint of ${new Date(time).toISOString()} at position ${position}`;
