import type { Clock } from '#kernel';

/** So many looks that the views have not come up to are kept; beyond, every second one is forgotten and the age gets coarser. */
const MOST = 600;

/** A look at the log. */
export interface Look {
  readonly head: number;
  /** Ms since the epoch, before the log was asked. */
  readonly at: number;
}

/** How old what some views show may be: the time since they are known to have held everything. */
export class ViewAge {
  /** Looks at the log that the views have not come up to, oldest first. */
  private ahead: readonly Look[] = [];
  private freshAt: number;

  constructor(
    private readonly position: () => number,
    private readonly clock: Clock,
  ) {
    this.freshAt = clock.now();
  }

  /** To be told again and again where the log ended when it was asked at `at`; the age goes on growing meanwhile. */
  saw(look: Look): void {
    const { head } = look;
    // The same end seen later says more: who has come up to it was up to date even then.
    const before = this.ahead.at(-1)?.head === head ? this.ahead.slice(0, -1) : this.ahead;
    this.ahead = thinned([...before, look]);
    this.settle();
  }

  /** Ms. About the time between two looks while nothing lags. */
  ms(): number {
    this.settle();
    return Math.max(0, this.clock.now() - this.freshAt);
  }

  private settle(): void {
    const position = this.position();
    const reached = this.ahead.findLast(({ head }) => head <= position);
    if (reached === undefined) return;
    this.freshAt = reached.at;
    this.ahead = this.ahead.filter(({ head }) => head > position);
  }
}

/** The newest stays: it is where the views go on to be fresh. */
const thinned = (looks: readonly Look[]): readonly Look[] =>
  looks.length <= MOST ? looks : looks.filter((_, i) => (looks.length - 1 - i) % 2 === 0);
