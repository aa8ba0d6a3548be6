import type { MessagePort } from 'node:worker_threads';
import type { Projector, ProjectorSignals } from './projector.types.js';
import { failed, type FromThread, type ToThread } from './thread.messages.js';

/** A projector with what was opened for it. */
export interface Served {
  readonly projector: Projector;
  close(): Promise<void>;
}

/** The thread's side of `ProjectorThread`: waits until it is told to start, runs what `open` gives until it is told to stop. */
export async function serveProjector(
  port: MessagePort,
  open: (given: ProjectorSignals) => Promise<Served>,
): Promise<void> {
  const send = (message: FromThread) => port.postMessage(message);
  const stopping = new AbortController();
  let projector: Projector | undefined;
  const told = new Promise<void>((resolve) => {
    port.on('message', (message: ToThread) => {
      if (message.kind === 'wait') projector?.waitFor(message.position, message.timeoutMs).catch(() => {});
      if (message.kind === 'stop') stopping.abort();
      if (message.kind !== 'wait') resolve();
    });
  });
  send({ kind: 'loaded' });
  try {
    await told;
    if (stopping.signal.aborted) return;
    const served = await open({ signal: stopping.signal, onMoved: (position) => send({ kind: 'moved', position }) });
    ({ projector } = served);
    send({ kind: 'started', position: projector.position() });
    try {
      await projector.done;
    } finally {
      await served.close();
    }
  } catch (error) {
    send(failed(error));
  } finally {
    port.close();
  }
}
