import type { WorkFeed, WorkMessage } from '#event-store';
import type { Clock } from '#kernel';
import { pause } from './writer.js';

/** What became of a message: nothing was to be done, the instance was woken, or it could not be carried on here. */
export type Taken = 'unread' | 'woken' | 'failed';

export interface WorkTakerOptions {
  readonly feed: WorkFeed;
  /** Resolves when the intent that the instance owes is recorded, or nothing is owed. */
  readonly wake: (stream: string) => Promise<void>;
  readonly clock: Clock;
  readonly observe?: (taken: Taken, stream: string, error?: unknown) => void;
}

const FIRST_REFUSAL_MS = 100;
const LONGEST_REFUSAL_MS = 4_000;

/**
 * A worker's share of the work: each message wakes an instance and is acknowledged once what it owes is recorded, never for the length
 * of an effect. Messages only make it quick: one that is lost, or a group that is gone, is made good by the worklist (see sweeps.ts).
 */
export class WorkTaker {
  private readonly stopping = new AbortController();
  private taking: Promise<void> = Promise.resolve();

  constructor(private readonly options: WorkTakerOptions) {}

  begin(): void {
    this.taking = this.run();
  }

  /** What is not acknowledged by now goes to other workers. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.taking;
  }

  private async run(): Promise<void> {
    const { feed, observe } = this.options;
    for await (const message of feed.messages(this.stopping.signal)) {
      if (owesNothingHere(message)) {
        message.ack();
        observe?.('unread', message.stream);
      } else void this.take(message);
    }
  }

  private async take(message: WorkMessage): Promise<void> {
    const { wake, clock, observe } = this.options;
    try {
      await wake(message.stream);
      message.ack();
      observe?.('woken', message.stream);
    } catch (error) {
      observe?.('failed', message.stream, error);
      await pause(clock, Math.min(FIRST_REFUSAL_MS * 2 ** message.retries, LONGEST_REFUSAL_MS));
      message.nack(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Whoever appended it goes on by itself, or there is nothing to go on with. */
const owesNothingHere = ({ metadata }: WorkMessage): boolean => metadata.goesOn === true || metadata.owed === undefined;
