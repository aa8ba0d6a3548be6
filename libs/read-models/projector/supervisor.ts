import { systemClock, type Clock } from '#kernel';
import type { Projector, ProjectorSignals } from './projector.types.js';
import { sleep } from './sleep.js';
import { Waiters } from './waiters.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface SupervisorOptions {
  /** One that ends without an error has handed over: the next one is started at once. */
  readonly start: (given: ProjectorSignals) => Promise<Projector>;
  readonly signal: AbortSignal;
  /** Told of every end that was not asked for. */
  readonly onFailure: (error: unknown) => void;
  readonly clock?: Clock;
}

class SupervisedProjector implements Projector {
  readonly done: Promise<void>;
  private readonly waiters: Waiters;
  private readonly clock: Clock;
  private current: Projector | undefined;
  private down: string | undefined;
  private at = 0;

  constructor(
    private readonly options: SupervisorOptions,
    firstStarted: { resolve(): void; reject(error: unknown): void },
  ) {
    this.clock = options.clock ?? systemClock;
    this.waiters = new Waiters(this.clock, () => this.at);
    this.done = this.first(firstStarted).finally(() => this.waiters.end());
  }

  position(): number {
    return this.at;
  }

  failure(): string | undefined {
    return this.down;
  }

  /** The one that runs is told as well, so that it gathers no batch. One that starts catches up without pausing. */
  waitFor(position: number, timeoutMs: number): Promise<void> {
    if (position <= this.at) return Promise.resolve();
    this.current?.waitFor(position, timeoutMs).catch(() => {});
    return this.waiters.wait(position, timeoutMs);
  }

  private async first(started: { resolve(): void; reject(error: unknown): void }): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      return started.reject(error);
    }
    started.resolve();
    await this.supervise();
  }

  private async supervise(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(Math.max(pause * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS)) {
      const from = this.at;
      try {
        if (this.current === undefined) await this.start();
        await this.current!.done;
        pause = 0;
      } catch (error) {
        this.failed(error);
        if (this.at > from) pause = FIRST_PAUSE_MS;
      }
      this.current = undefined;
      await sleep(this.clock, pause, this.options.signal);
      if (this.options.signal.aborted) return;
    }
  }

  private async start(): Promise<void> {
    const { signal, start } = this.options;
    this.current = await start({ signal, onMoved: (position) => this.moved(position) });
    this.down = undefined;
    this.moved(this.current.position());
  }

  private moved(position: number): void {
    this.at = position;
    this.waiters.moved();
  }

  private failed(error: unknown): void {
    this.down = error instanceof Error ? error.message : String(error);
    this.options.onFailure(error);
  }
}

/**
 * Starts a projector, and again whenever it ends unasked: for ever, with back-off. `failure()` tells why while it is down. Rejects
 * with what kept the first one from starting.
 */
export function superviseProjector(options: SupervisorOptions): Promise<Projector> {
  return new Promise((resolve, reject) => {
    const projector: Projector = new SupervisedProjector(options, { resolve: () => resolve(projector), reject });
  });
}
