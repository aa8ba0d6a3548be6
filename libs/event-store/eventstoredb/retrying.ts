import type { Clock } from '#kernel';
import { StoreUnavailable } from '../errors.js';
import type { StreamName } from '../port.js';
import { backOffMs, pause } from './back-off.js';
import { reasonOf, refusalOf } from './failures.js';
import type { Troubles } from './health.js';

/** Calls that are repeated when their outcome is unknown. */
export class Retrying {
  constructor(
    private readonly clock: Clock,
    private readonly troubles: Troubles,
    private readonly closing: AbortSignal,
    private readonly readPatienceMs: number,
  ) {}

  /**
   * For ever, until the store has answered: `attempt` sends the same bytes each time. Rejects with the store's refusal, or with
   * {@link StoreUnavailable} of unknown outcome when the store object is closed.
   */
  async append<T>(stream: StreamName, attempt: () => Promise<T>): Promise<T> {
    const part = {};
    try {
      for (let n = 0; ; n++) {
        try {
          return await attempt();
        } catch (error) {
          const refusal = refusalOf(error, stream);
          if (refusal !== undefined) throw refusal;
          this.troubles.failed(part, `an append to ${stream}: ${reasonOf(error)}`);
        }
        await pause(this.clock, backOffMs(n), this.closing);
        if (this.closing.aborted) throw new StoreUnavailable('closed before the store answered an append', false);
      }
    } finally {
      this.troubles.recovered(part);
    }
  }

  /** For a while: a leader change or a restart is passed over. Rejects with the store's refusal or {@link StoreUnavailable}. */
  async read<T>(stream: StreamName, attempt: () => Promise<T>): Promise<T> {
    const until = this.clock.now() + this.readPatienceMs;
    for (let n = 0; ; n++) {
      if (this.closing.aborted) throw new StoreUnavailable('the log is closed', true);
      try {
        return await attempt();
      } catch (error) {
        const refusal = refusalOf(error, stream);
        if (refusal !== undefined) throw refusal;
        if (this.clock.now() >= until)
          throw new StoreUnavailable(`EventStoreDB cannot be read: ${reasonOf(error)}`, true);
      }
      await pause(this.clock, backOffMs(n), this.closing);
    }
  }
}
