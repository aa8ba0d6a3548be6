import { systemClock, type Clock } from '#kernel';
import { sleep } from '../projector/sleep.js';

/** Any number, as long as nobody else takes it as an advisory lock in this database: "purveyor" in base 36, shortened. */
const KEY = 55_743_201;
const EVERY_MS = 1_000;
const ANSWER_MS = 2_000;
/**
 * So that the server lets go of a holder that is silent: one that is frozen, or whose machine is gone. The process asks every second, so
 * the session of one that does not is ended (PostgreSQL 14 and later). Keep-alives also end one whose last question was lost.
 */
const SILENT_MS = 2_500;
const KEEPALIVES = '-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2';
const ENDS_WHEN_SILENT = `-c idle_session_timeout=${SILENT_MS} ${KEEPALIVES}`;

/** Held by one of several workers: the one that drives what is overdue. Only an optimisation, for fencing is by revision (law 7). */
export interface TimerLock {
  held(): boolean;
  /** Lets go, so that another has it within a second. */
  close(): Promise<void>;
}

class AdvisoryLock implements TimerLock {
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;
  private has = false;

  constructor(
    private readonly url: string,
    private readonly clock: Clock,
  ) {
    this.done = this.contend();
  }

  held(): boolean {
    return this.has;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.done;
  }

  private async contend(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.overOneConnection(signal).catch(() => {});
      await sleep(this.clock, EVERY_MS, signal);
    }
  }

  /** The lock lives as long as its connection, so every second that one is asked whether it is still there. */
  private async overOneConnection(signal: AbortSignal): Promise<void> {
    const { default: pg } = await import('pg');
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'purveyor timers',
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      options: ENDS_WHEN_SILENT,
    });
    client.on('error', () => (this.has = false));
    try {
      await client.connect();
      for (; !signal.aborted; await sleep(this.clock, EVERY_MS, signal)) {
        if (this.has) await client.query('SELECT 1');
        else
          this.has = (
            await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [KEY])
          ).rows[0]!.got;
      }
    } finally {
      this.has = false;
      // A connection that is half open never tells its end.
      await Promise.race([client.end().catch(() => {}), sleep(this.clock, ANSWER_MS, new AbortController().signal)]);
    }
  }
}

/** Contends for the lock in the PostgreSQL at `url` from now on, again whenever the connection is lost. */
export const contendForTimerLock = (url: string, clock: Clock = systemClock): TimerLock => new AdvisoryLock(url, clock);
