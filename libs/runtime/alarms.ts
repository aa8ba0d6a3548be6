import type { Clock } from '#kernel';

interface Entry {
  readonly due: number;
  readonly stream: string;
}

/** Entries without an alarm that are not worth the work of leaving them out. */
const SLACK = 1_024;

/** The next due time of each instance in a binary heap; one clock timer for the earliest. Durable truth is the worklist. */
export class Alarms {
  private readonly heap: Entry[] = [];
  private readonly dueOf = new Map<string, number>();
  private cancel: (() => void) | undefined;
  private armedFor = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly ring: (stream: string, due: number) => void,
  ) {}

  get size(): number {
    return this.dueOf.size;
  }

  has(stream: string): boolean {
    return this.dueOf.has(stream);
  }

  /** Replaces the instance's alarm; undefined takes it away. */
  set(stream: string, due: number | undefined): void {
    if (due === undefined) {
      this.dueOf.delete(stream);
      return;
    }
    if (this.dueOf.get(stream) === due) return;
    this.dueOf.set(stream, due);
    this.push({ due, stream });
    if (this.heap.length > 2 * this.dueOf.size + SLACK) this.forgetMoved();
    this.arm();
  }

  stop(): void {
    this.cancel?.();
    this.dueOf.clear();
    this.heap.length = 0;
  }

  private arm(): void {
    const first = this.heap[0];
    if (first === undefined || first.due >= this.armedFor) return;
    this.cancel?.();
    this.armedFor = first.due;
    this.cancel = this.clock.after(Math.max(0, first.due - this.clock.now()), () => this.fire());
  }

  private fire(): void {
    this.armedFor = Infinity;
    this.cancel = undefined;
    const now = this.clock.now();
    for (let first = this.heap[0]; first !== undefined && first.due <= now; first = this.heap[0]) {
      this.pop();
      if (this.dueOf.get(first.stream) !== first.due) continue;
      this.dueOf.delete(first.stream);
      this.ring(first.stream, first.due);
    }
    this.arm();
  }

  /** Entries of alarms that were moved or taken away stay until they are due: a deadline of a day would keep each of them for a day. */
  private forgetMoved(): void {
    this.heap.length = 0;
    for (const [stream, due] of this.dueOf) this.push({ due, stream });
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (heap[parent]!.due <= entry.due) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = entry;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.due < heap[child]!.due) child++;
      if (heap[child]!.due >= last.due) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}
