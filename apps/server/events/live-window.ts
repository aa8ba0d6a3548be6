/** A place in the log and what is written to a client for it. */
export interface Framed {
  readonly type: string;
  readonly stream: string;
  readonly position: number;
  readonly frame: string;
}

/** The newest events of the log, made into frames once for all clients. Holds every event behind `from` up to `to`. */
export class LiveWindow {
  private events: Framed[] = [];
  private from: number;
  private last: number;

  constructor(
    after: number,
    private readonly kept: number,
  ) {
    this.from = this.last = after;
  }

  get to(): number {
    return this.last;
  }

  push(events: readonly Framed[], position: number): void {
    this.events.push(...events);
    this.last = Math.max(this.last, position);
    const tooMany = this.events.length - this.kept;
    if (tooMany <= 0) return;
    this.from = this.events[tooMany - 1]!.position;
    this.events = this.events.slice(tooMany);
  }

  /** What is behind a position, oldest first; undefined when the window does not reach back so far. */
  behind(position: number): readonly Framed[] | undefined {
    if (position < this.from) return undefined;
    let first = this.events.length;
    while (first > 0 && this.events[first - 1]!.position > position) first--;
    return this.events.slice(first);
  }
}
