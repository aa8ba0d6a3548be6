import { Worker } from 'node:worker_threads';
import { systemClock, type Clock } from '#kernel';
import type { Projector, ProjectorSignals } from './projector.types.js';
import { errorOf, type FromThread, type ToThread } from './thread.messages.js';
import { Waiters } from './waiters.js';

const STOP_MS = 5_000;

/** A thread for a projector. Loading its code takes a while, so that is begun apart from starting it. */
export class ProjectorThread {
  /** Resolves when its code is there; rejects when it has ended before. */
  readonly loaded: Promise<void>;
  private readonly worker: Worker;
  private readonly ended: Promise<void>;
  private stoppedBy: Error | undefined;
  private asked = false;
  private onMessage: (message: FromThread) => void = () => {};

  /** `file`: a module that calls `serveProjector`. */
  constructor(file: URL, workerData: unknown) {
    this.worker = new Worker(file, { workerData });
    this.worker.once('error', (error: Error) => (this.stoppedBy = error));
    this.worker.on('message', (message: FromThread) => {
      if (message.kind === 'failed') this.stoppedBy = errorOf(message);
      this.onMessage(message);
    });
    this.ended = new Promise((resolve, reject) =>
      this.worker.once('exit', (code) => {
        if (!this.asked) this.stoppedBy ??= new Error(`the projector's thread ended with code ${code}`);
        if (this.stoppedBy) reject(this.stoppedBy);
        else resolve();
      }),
    );
    this.ended.catch(() => {});
    this.loaded = this.until('loaded');
    this.loaded.catch(() => {});
  }

  /** Resolves when it projects; rejects with what kept it from starting (StoreErrors with their code). */
  async start(given: ProjectorSignals, clock: Clock = systemClock): Promise<Projector> {
    const { signal } = given;
    signal.addEventListener('abort', () => void this.stop(), { once: true });
    if (signal.aborted) void this.stop();
    await this.loaded;
    const projector = new ThreadProjector(given, clock, this.ended, (message) => this.send(message));
    const started = this.until('started', (message) => projector.take(message));
    this.send({ kind: 'start' });
    await started;
    return projector;
  }

  /** Ends it, whether it was started or not. */
  async stop(): Promise<void> {
    this.asked = true;
    this.send({ kind: 'stop' });
    const timer = setTimeout(() => void this.worker.terminate(), STOP_MS);
    await this.ended.catch(() => {});
    clearTimeout(timer);
  }

  private send(message: ToThread): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.worker.postMessage(message);
  }

  private until(kind: FromThread['kind'], take: (message: FromThread) => void = () => {}): Promise<void> {
    const told = new Promise<void>((resolve) => {
      this.onMessage = (message) => {
        take(message);
        if (message.kind === kind) resolve();
      };
    });
    const over = () => Promise.reject(this.stoppedBy ?? new Error("the projector's thread was stopped"));
    return Promise.race([told, this.ended.then(over)]);
  }
}

/** A projector in a thread of its own, as the others see it. */
class ThreadProjector implements Projector {
  readonly done: Promise<void>;
  private readonly waiters: Waiters;
  private stoppedBy: string | undefined;
  private at = 0;

  constructor(
    private readonly given: ProjectorSignals,
    clock: Clock,
    ended: Promise<void>,
    private readonly send: (message: ToThread) => void,
  ) {
    this.waiters = new Waiters(clock, () => this.at);
    this.done = ended.finally(() => this.waiters.end());
    this.done.catch((error: unknown) => (this.stoppedBy = String(error)));
  }

  position(): number {
    return this.at;
  }

  failure(): string | undefined {
    return this.stoppedBy;
  }

  waitFor(position: number, timeoutMs: number): Promise<void> {
    this.send({ kind: 'wait', position, timeoutMs });
    return this.waiters.wait(position, timeoutMs);
  }

  take(message: FromThread): void {
    if (message.kind !== 'started' && message.kind !== 'moved') return;
    this.at = message.position;
    this.waiters.moved();
    this.given.onMoved?.(this.at);
  }
}
