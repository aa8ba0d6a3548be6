import { uuidV7, type Clock, type Ids } from '#kernel';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly call: () => void;
}

/** Time that moves only when a simulation says so. Timers due at the same time fire in the order they were set. */
export class VirtualClock implements Clock {
  private readonly timers = new Set<Timer>();
  private order = 0;

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  after(ms: number, call: () => void): () => void {
    const timer: Timer = { at: this.time + Math.max(0, ms), order: this.order++, call };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  /** When the next timer fires, ms since the epoch; undefined when none is set. */
  get next(): number | undefined {
    return this.first()?.at;
  }

  /** Moves on by `ms` and fires what falls due on the way, in order, also what those timers set. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (let timer = this.first(); timer !== undefined && timer.at <= end; timer = this.first()) this.fire(timer);
    this.time = end;
  }

  /** Time passes and no timer fires: the process was frozen. What fell due fires with the next move. */
  jump(ms: number): void {
    this.time += ms;
  }

  /** Jumps to the next timer and fires it; false when there is none. */
  runNext(): boolean {
    const timer = this.first();
    if (timer !== undefined) this.fire(timer);
    return timer !== undefined;
  }

  private fire(timer: Timer): void {
    this.timers.delete(timer);
    this.time = Math.max(this.time, timer.at);
    timer.call();
  }

  private first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers)
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    return first;
  }
}

/** Numbers in [0, 1) that depend on the seed alone. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** UUIDv7s and random numbers that a seed repeats. */
export class SeededIds implements Ids {
  readonly random: () => number;

  constructor(
    private readonly clock: Clock,
    seed: number,
  ) {
    this.random = mulberry32(seed);
  }

  uuid(): string {
    return uuidV7(
      this.clock.now(),
      Uint8Array.from({ length: 10 }, () => Math.floor(this.random() * 256)),
    );
  }
}
