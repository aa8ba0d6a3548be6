import type { EventStore } from '#event-store';
import { Refusal } from '#kernel';
import type { Checkpoint, Signer } from './checkpoint.js';
import type { CheckpointFile } from './checkpoint-file.js';
import { Walk, type Place } from './walk.js';

/** Follows the log, checks what it reads, and signs how far it has come. It signs nothing behind a bad event. */
export class Attestor {
  private walk: Walk;
  private turn: Promise<unknown> = Promise.resolve();
  /** Set for good by {@link stop}. */
  stopped = false;

  constructor(
    private readonly store: EventStore,
    private readonly file: CheckpointFile,
    private readonly signer: Signer,
  ) {
    this.walk = this.fromLastMark();
  }

  /**
   * Catches up with the log and signs where it ends; answers the newest checkpoint again where nothing came behind it. `time`: ms since the
   * epoch. Throws Corrupt for the first bad event since the last mark, and StoreErrors; what was checked by then is kept.
   */
  attest(time: number): Promise<Checkpoint> {
    const done = this.turn.then(() => this.catchUp(time));
    this.turn = done.catch(() => {});
    return done;
  }

  /** Ends what is under way behind its next step; resolves when nothing reads or writes any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.turn;
  }

  private async catchUp(time: number): Promise<Checkpoint> {
    try {
      return this.signed(await this.follow(), time);
    } catch (error) {
      this.walk = this.fromLastMark();
      throw error;
    }
  }

  private async follow(): Promise<Place> {
    for (;;) {
      if (this.stopped) throw new Refusal('shutting_down', 503, 'this process is shutting down');
      const { end, place } = await this.walk.next();
      this.file.mark(place);
      if (end) return place;
    }
  }

  private signed(place: Place, time: number): Checkpoint {
    const [newest] = this.file.checkpoints(1);
    if (newest?.count === place.count && newest.hash === place.hash && newest.key === this.signer.key) return newest;
    const checkpoint = this.signer.checkpoint(this.store.logId, place, time);
    this.file.add(checkpoint);
    return checkpoint;
  }

  private fromLastMark(): Walk {
    return new Walk(this.store, this.file.lastMark());
  }
}
