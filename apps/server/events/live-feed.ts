import { position as positionOf, type EventStore, type StoredEvent } from '#event-store';
import { Refusal, type Clock } from '#kernel';
import { frameOf, liveEvent } from './live-event.js';
import { passes, storeFilter, type LiveFilter } from './live-filter.js';
import { LiveWindow, type Framed } from './live-window.js';

export interface LiveFeedOptions {
  readonly store: EventStore;
  readonly clock: Clock;
  /** Clients at a time. */
  readonly clients: number;
  /** Events kept for clients that are nearly up to date. */
  readonly kept?: number;
  readonly beatMs?: number;
}

/** What one client gets next, and up to where that is everything it wants. Empty: nothing came for a while. */
export interface Batch {
  readonly events: readonly Framed[];
  readonly position: number;
}

const PAGE = 200;
const [KEPT, RETRY_AFTER] = [2_000, 5];
/** At the latest after so long a client is written to, ms. */
export const BEAT_MS = 15_000;

/**
 * The log for live clients of this process: one subscription however many there are, begun by the first and ended with the last. Who is
 * behind what is kept reads the log itself, page by page, at its own pace. When the log fails, all clients end and come again.
 */
export class LiveFeed {
  private window: LiveWindow | undefined;
  private opening: Promise<LiveWindow> | undefined;
  private running = new AbortController();
  private readonly clients = new Set<AbortController>();
  private readonly wakers = new Set<() => void>();
  private closed = false;

  constructor(private readonly options: LiveFeedOptions) {}

  get size(): number {
    return this.clients.size;
  }

  /**
   * Takes a client in; abort it when it is gone. Refusals: `too_many_clients` 503, `bad_cursor` 400 for a position that the log has not
   * reached; StoreErrors.
   */
  async join(after: number | undefined): Promise<{ readonly client: AbortController; readonly at: number }> {
    if (this.closed) throw new Refusal('shutting_down', 503, 'this process is shutting down');
    if (this.clients.size >= this.options.clients)
      throw new Refusal('too_many_clients', 503, 'too many clients follow the log here', { retryAfter: RETRY_AFTER });
    const client = new AbortController();
    this.clients.add(client);
    client.signal.addEventListener('abort', () => this.leave(client));
    try {
      const { to } = await this.opened();
      const at = after ?? to;
      if (at > to && at > (await this.options.store.head()))
        throw new Refusal('bad_cursor', 400, `the log ends at ${to}; ${at} is no position of it`);
      return { client, at };
    } catch (error) {
      client.abort();
      throw error;
    }
  }

  /** Everything behind `after` that passes, in log order, until the client is aborted. At the latest after a beat there is a batch. */
  async *follow(filter: LiveFilter, after: number, { signal }: AbortController): AsyncGenerator<Batch> {
    const { clock, beatMs = BEAT_MS } = this.options;
    let spoken = clock.now();
    for (let at = after; !signal.aborted;) {
      const { to } = await this.opened();
      const { events, position } = await this.behind(filter, at);
      const moved = position > at;
      at = Math.max(at, position);
      if (events.length > 0 || clock.now() - spoken >= beatMs) {
        yield { events, position: at };
        spoken = clock.now();
      } else if (!moved) await this.news(to, spoken + beatMs - clock.now(), signal);
    }
  }

  /** Ends all clients. */
  close(): void {
    this.closed = true;
    this.endAll();
  }

  /** From what is kept, or a page from the log. */
  private async behind(filter: LiveFilter, at: number): Promise<Batch> {
    const window = await this.opened();
    const kept = window.behind(at);
    if (kept !== undefined) return { events: kept.filter((event) => passes(filter, event)), position: window.to };
    const page = await this.options.store.readAll({ after: positionOf(at), filter: storeFilter(filter), limit: PAGE });
    return { events: page.events.filter((event) => passes(filter, event)).map(framed), position: page.next };
  }

  /** Waits until the window has gone beyond `to`, at most `ms`. */
  private news(to: number, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.window?.to !== to) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.wakers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const cancel = this.options.clock.after(Math.max(ms, 0), wake);
      this.wakers.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  private opened(): Promise<LiveWindow> {
    if (this.window) return Promise.resolve(this.window);
    this.opening ??= this.open().finally(() => (this.opening = undefined));
    return this.opening;
  }

  private async open(): Promise<LiveWindow> {
    const window = new LiveWindow(await this.options.store.head(), this.options.kept ?? KEPT);
    this.window = window;
    this.running = new AbortController();
    void this.run(window, this.running.signal);
    return window;
  }

  private async run(window: LiveWindow, signal: AbortSignal): Promise<void> {
    try {
      for await (const delivery of this.options.store.subscribe({ after: positionOf(window.to), signal })) {
        window.push(delivery.kind === 'events' ? delivery.events.map(framed) : [], delivery.position);
        for (const wake of Array.from(this.wakers)) wake();
      }
    } catch {
      // The clients come again, and are told then that the log cannot be reached.
    } finally {
      if (!signal.aborted) this.endAll();
    }
  }

  private leave(client: AbortController): void {
    this.clients.delete(client);
    if (this.clients.size === 0) this.rest();
  }

  private endAll(): void {
    for (const client of Array.from(this.clients)) client.abort();
    this.rest();
  }

  private rest(): void {
    this.running.abort();
    this.window = undefined;
  }
}

const framed = (stored: StoredEvent): Framed => {
  const { type, stream } = stored;
  return { type, stream, position: stored.position, frame: frameOf(liveEvent(stored)) };
};
