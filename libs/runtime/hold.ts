import type { Wait } from '#kernel';

/** Deadlines that were held back fire over this share of the grace, so that nobody is asked by all of them at once. */
const SPREAD = 0.2;

/**
 * What the engine's lock means to one runner. While it is paused nothing begins and nothing falls due. For a while afterwards, and after
 * the runner's start, no wait for an answer ends for lack of one: answers could not come in.
 */
export class Hold {
  paused = false;
  private quietUntil = -Infinity;

  /** `graceMs`: how long answers have to come in once they can again. */
  constructor(private readonly graceMs: number) {}

  /** Answers can come in (again) since `time`, ms since the epoch. */
  openSince(time: number): void {
    this.quietUntil = Math.max(this.quietUntil, time + this.graceMs);
  }

  /** A deadline that passed before answers had their chance. */
  holdsBack({ deadline, until }: Wait): boolean {
    return deadline !== undefined && until !== undefined && until < this.quietUntil;
  }

  /** When a wait ends here, ms; undefined when only a person or an answer ends it. */
  dueAt(stream: string, wait: Wait): number | undefined {
    return this.holdsBack(wait) ? this.quietUntil + Math.round(this.graceMs * SPREAD * shareOf(stream)) : wait.until;
  }
}

/** A number from 0 to 1 that a stream's name always gives (FNV-1a). */
function shareOf(stream: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < stream.length; i++) hash = Math.imul(hash ^ stream.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
