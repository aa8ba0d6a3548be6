import type { Clock } from '#kernel';
import type { Projector, ProjectorSignals } from './projector.types.js';
import { errorOf, type OfGroup, type ToThread } from './thread.messages.js';
import { Waiters } from './waiters.js';

interface Settled {
  resolve(): void;
  reject(error: Error): void;
}

/** A group's projector in a thread of its own, as the others see it. */
export class ThreadProjector implements Projector {
  readonly started: Promise<void>;
  readonly done: Promise<void>;
  private start!: Settled;
  private end!: Settled;
  private readonly waiters: Waiters;
  private stoppedBy: string | undefined;
  private at = 0;

  constructor(
    private readonly group: string,
    private readonly given: ProjectorSignals,
    clock: Clock,
    private readonly send: (message: ToThread) => void,
  ) {
    this.waiters = new Waiters(clock, () => this.at);
    this.started = new Promise((resolve, reject) => (this.start = { resolve, reject }));
    const ended = new Promise<void>((resolve, reject) => (this.end = { resolve, reject }));
    this.done = ended.finally(() => this.waiters.end());
    for (const either of [this.started, this.done]) either.catch((error: unknown) => (this.stoppedBy = String(error)));
  }

  position(): number {
    return this.at;
  }

  failure(): string | undefined {
    return this.stoppedBy;
  }

  waitFor(position: number, timeoutMs: number): Promise<void> {
    this.send({ kind: 'wait', group: this.group, position, timeoutMs });
    return this.waiters.wait(position, timeoutMs);
  }

  take(message: OfGroup): void {
    if (message.kind === 'failed') return this.lost(errorOf(message));
    if (message.kind === 'stopped') {
      this.start.reject(new Error('the projector was stopped'));
      return this.end.resolve();
    }
    this.at = message.position;
    this.start.resolve();
    this.waiters.moved();
    this.given.onMoved?.(this.at);
  }

  /** It has ended; unless that was asked for, by an error. */
  lost(error: Error): void {
    this.start.reject(error);
    if (this.given.signal.aborted) this.end.resolve();
    else this.end.reject(error);
  }
}
