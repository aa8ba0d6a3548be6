import type { MessagePort } from 'node:worker_threads';
import type { Projector, ProjectorSignals } from './projector.types.js';
import { failed, type FromThread, type OfGroup, type ToThread } from './thread.messages.js';

/** What a thread has opened for its projectors. */
export interface Served {
  start(group: string, given: ProjectorSignals): Promise<Projector>;
  close(): Promise<void>;
}

interface Running {
  readonly stopping: AbortController;
  projector?: Projector;
}

/** Opens with the first group that is started; closes, and ends the thread, with the last one that ends. */
class ServedGroups {
  private readonly running = new Map<string, Running>();
  private opened: Promise<Served> | undefined;

  constructor(
    private readonly port: MessagePort,
    private readonly open: () => Promise<Served>,
  ) {
    port.on('message', (message: ToThread) => this.take(message));
    this.send({ kind: 'loaded' });
  }

  private take(message: ToThread): void {
    if (message.kind === 'end') return this.end();
    if (message.kind === 'start') return void this.run(message.group);
    const running = this.running.get(message.group);
    if (message.kind === 'stop') running?.stopping.abort();
    if (message.kind === 'wait') running?.projector?.waitFor(message.position, message.timeoutMs).catch(() => {});
  }

  private async run(group: string): Promise<void> {
    const running: Running = { stopping: new AbortController() };
    this.running.set(group, running);
    const last = await this.untilItEnds(group, running);
    this.running.delete(group);
    const alone = this.running.size === 0;
    if (alone) await this.opened?.then((served) => served.close()).catch(() => {});
    this.send(last);
    if (alone) this.port.close();
  }

  private async untilItEnds(group: string, running: Running): Promise<OfGroup> {
    try {
      const served = await (this.opened ??= this.open());
      const { signal } = running.stopping;
      running.projector = await served.start(group, {
        signal,
        onMoved: (position) => this.send({ kind: 'moved', group, position }),
      });
      this.send({ kind: 'started', group, position: running.projector.position() });
      await running.projector.done;
      return { kind: 'stopped', group };
    } catch (error) {
      return failed(group, error);
    }
  }

  private end(): void {
    for (const { stopping } of this.running.values()) stopping.abort();
    if (this.running.size === 0) this.port.close();
  }

  private send(message: FromThread): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.port.postMessage(message);
  }
}

/** The thread's side of `ProjectorThread`: runs the projectors it is told to start over what `open` gives. */
export const serveProjectors = (port: MessagePort, open: () => Promise<Served>): void =>
  void new ServedGroups(port, open);
