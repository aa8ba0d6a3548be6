/** How many attempts of each effect run at once in this process, and which instances wait for a free place. */
export class Slots {
  private readonly used = new Map<string, number>();
  private readonly waiting = new Map<string, Set<string>>();

  constructor(private readonly limitOf: (effect: string) => number) {}

  take(effect: string): boolean {
    const used = this.used.get(effect) ?? 0;
    if (used >= this.limitOf(effect)) return false;
    this.used.set(effect, used + 1);
    return true;
  }

  release(effect: string): void {
    this.used.set(effect, (this.used.get(effect) ?? 1) - 1);
  }

  wait(effect: string, stream: string): void {
    const streams = this.waiting.get(effect) ?? new Set<string>();
    this.waiting.set(effect, streams.add(stream));
  }

  isWaiting(effect: string, stream: string): boolean {
    return this.waiting.get(effect)?.has(stream) ?? false;
  }

  /** The next instance that may have a place now, longest waiting first. */
  nextWaiting(effect: string): string | undefined {
    const streams = this.waiting.get(effect);
    if (streams === undefined || streams.size === 0) return undefined;
    if ((this.used.get(effect) ?? 0) >= this.limitOf(effect)) return undefined;
    const [first] = streams;
    streams.delete(first!);
    return first;
  }

  get anyWaiting(): boolean {
    for (const streams of this.waiting.values()) if (streams.size > 0) return true;
    return false;
  }

  get inFlight(): number {
    let sum = 0;
    for (const used of this.used.values()) sum += used;
    return sum;
  }
}
