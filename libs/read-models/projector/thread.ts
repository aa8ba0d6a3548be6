import { Worker } from 'node:worker_threads';
import { systemClock, type Clock } from '#kernel';
import type { Projector, ProjectorSignals } from './projector.types.js';
import { ThreadProjector } from './thread-projector.js';
import type { FromThread, ToThread } from './thread.messages.js';

const STOP_MS = 5_000;

/** A thread for the projectors of all groups. Loading its code takes a while, so that is begun apart from starting them. */
export class ProjectorThread {
  /** Resolves when its code is there; rejects when it has ended before. */
  readonly loaded: Promise<void>;
  private readonly worker: Worker;
  private readonly projectors = new Map<string, ThreadProjector>();
  private readonly exit: Promise<void>;
  private stoppedBy: Error | undefined;
  private over = false;

  /** `file`: a module that calls `serveProjectors`. */
  constructor(file: URL, workerData: unknown) {
    this.worker = new Worker(file, { workerData });
    this.worker.once('error', (error: Error) => (this.stoppedBy = error));
    this.exit = new Promise((resolve) => this.worker.once('exit', (code) => resolve(this.exited(code))));
    this.loaded = new Promise((resolve, reject) => {
      this.worker.on('message', (message: FromThread) => (message.kind === 'loaded' ? resolve() : this.take(message)));
      void this.exit.then(() => reject(this.stoppedBy!));
    });
    this.loaded.catch(() => {});
  }

  /** It ends with the last projector in it; another one is then needed. */
  get ended(): boolean {
    return this.over;
  }

  /** Resolves when the group's projector works; rejects with what kept it from starting (StoreErrors with their code). */
  async start(group: string, given: ProjectorSignals, clock: Clock = systemClock): Promise<Projector> {
    await this.loaded;
    if (this.over) throw this.stoppedBy!;
    const projector = new ThreadProjector(group, given, clock, (message) => this.send(message));
    this.projectors.set(group, projector);
    this.send({ kind: 'start', group });
    const { signal } = given;
    const stop = () => {
      this.send({ kind: 'stop', group });
      this.terminateUnless(projector.done);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    await projector.started;
    return projector;
  }

  /** Ends it, whether anything was started or not. */
  async stop(): Promise<void> {
    this.send({ kind: 'end' });
    this.terminateUnless(this.exit);
    await this.exit;
  }

  private terminateUnless(done: Promise<void>): void {
    const timer = setTimeout(() => void this.worker.terminate(), STOP_MS);
    void done.catch(() => {}).finally(() => clearTimeout(timer));
  }

  private take(message: Exclude<FromThread, { kind: 'loaded' }>): void {
    this.projectors.get(message.group)?.take(message);
  }

  private exited(code: number): void {
    this.over = true;
    this.stoppedBy ??= new Error(`the projector's thread ended with code ${code}`);
    for (const projector of this.projectors.values()) projector.lost(this.stoppedBy);
  }

  private send(message: ToThread): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.worker.postMessage(message);
  }
}
