import { Worker, type MessagePort } from 'node:worker_threads';
import { systemClock, type Clock } from '#kernel';
import type { Projector, ProjectorSignals } from './projector.js';
import { errorOf, failed, type FromThread, type ToThread } from './thread.messages.js';
import { Waiters } from './waiters.js';

const STOP_MS = 5_000;

/** A projector in a thread of its own, as the others see it. */
class ThreadProjector implements Projector {
  readonly done: Promise<void>;
  private readonly waiters: Waiters;
  private stoppedBy: Error | undefined;
  private at = 0;

  constructor(
    private readonly worker: Worker,
    private readonly given: ProjectorSignals,
    clock: Clock,
    ready: () => void,
  ) {
    this.waiters = new Waiters(clock, () => this.at);
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'failed') this.stoppedBy = errorOf(message);
      else this.moved(message.position);
      if (message.kind === 'ready') ready();
    });
    worker.once('error', (error: Error) => (this.stoppedBy = error));
    this.done = new Promise((resolve, reject) => {
      worker.once('exit', (code) => {
        if (!given.signal.aborted) this.stoppedBy ??= new Error(`the projector's thread ended with code ${code}`);
        this.waiters.end();
        if (this.stoppedBy) reject(this.stoppedBy);
        else resolve();
      });
    });
    this.done.catch(() => {});
    given.signal.addEventListener('abort', () => this.stop(), { once: true });
    if (given.signal.aborted) this.stop();
  }

  position(): number {
    return this.at;
  }

  failure(): string | undefined {
    return this.stoppedBy?.message;
  }

  waitFor(position: number, timeoutMs: number): Promise<void> {
    this.send({ kind: 'wait', position, timeoutMs });
    return this.waiters.wait(position, timeoutMs);
  }

  private moved(position: number): void {
    this.at = position;
    this.waiters.moved();
    this.given.onMoved?.(position);
  }

  private stop(): void {
    this.send({ kind: 'stop' });
    const timer = setTimeout(() => void this.worker.terminate(), STOP_MS);
    timer.unref();
    this.worker.once('exit', () => clearTimeout(timer));
  }

  private send(message: ToThread): void {
    this.worker.postMessage(message);
  }
}

/**
 * Starts the module `file`, which calls {@link serveProjector}, in a thread of its own. Resolves when it projects; rejects with what
 * kept it from starting (StoreErrors with their code).
 */
export async function startProjectorThread(
  file: URL,
  workerData: unknown,
  given: ProjectorSignals,
  clock: Clock = systemClock,
): Promise<Projector> {
  let ready = () => {};
  const started = new Promise<void>((resolve) => (ready = resolve));
  const projector = new ThreadProjector(new Worker(file, { workerData }), given, clock, ready);
  await Promise.race([started, projector.done]);
  return projector;
}

/** Runs a projector in this thread for the one that started it, until that one stops it. What `open` opened is closed at the end. */
export async function serveProjector(
  port: MessagePort,
  open: (given: ProjectorSignals) => Promise<{ readonly projector: Projector; close(): Promise<void> }>,
): Promise<void> {
  const send = (message: FromThread) => port.postMessage(message);
  const stopping = new AbortController();
  let projector: Projector | undefined;
  port.on('message', (message: ToThread) => {
    if (message.kind === 'stop') stopping.abort();
    else projector?.waitFor(message.position, message.timeoutMs).catch(() => {});
  });
  try {
    const opened = await open({ signal: stopping.signal, onMoved: (position) => send({ kind: 'moved', position }) });
    ({ projector } = opened);
    send({ kind: 'ready', position: projector.position() });
    await projector.done.finally(() => opened.close());
  } catch (error) {
    send(failed(error));
  } finally {
    port.close();
  }
}
