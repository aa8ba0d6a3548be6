import type { Owed } from '#kernel';
import type { UnderWay } from './claims.js';
import type { Folded } from './instance.js';
import type { Job } from './job.js';
import type { AnyDecider, Dispatched } from './runtime.types.js';

/** A job on its way, and who is told of its end. */
export interface Post {
  readonly job: Job;
  /** The job, or what is left of it after it was too large. */
  asked: Job;
  tries: number;
  /** When it was begun, ms since the epoch. */
  began: number;
  readonly done: ((dispatched: Dispatched) => void) | undefined;
  readonly failed: (error: unknown) => void;
}

export interface Held extends UnderWay {
  folded: Folded;
  /** What the state owes. */
  owed: readonly Owed[];
}

/** One instance in this process: what is posted to it is done in turn, on the state held. */
export interface Mailbox {
  readonly stream: string;
  readonly decider: AnyDecider;
  /** The first is being done. */
  readonly posts: Post[];
  held: Held | undefined;
}

/** The mailboxes of a process. One that holds nothing and has nothing to do is dropped. */
export class Mailboxes {
  private readonly boxes = new Map<string, Mailbox>();

  constructor(
    private readonly deciderOf: (stream: string) => AnyDecider,
    private readonly begin: (box: Mailbox, post: Post) => void,
  ) {}

  /** Throws what `deciderOf` throws. */
  post(stream: string, job: Job, done: Post['done'], failed: Post['failed']): void {
    let box = this.boxes.get(stream);
    if (box === undefined) {
      box = { stream, decider: this.deciderOf(stream), posts: [], held: undefined };
      this.boxes.set(stream, box);
    }
    const post: Post = { job, asked: job, tries: 1, began: 0, done, failed };
    if (box.posts.push(post) === 1) this.begin(box, post);
  }

  /** The first post has come to its end: the next one is begun. */
  next(box: Mailbox): void {
    box.posts.shift();
    const post = box.posts[0];
    if (post !== undefined) this.begin(box, post);
    else if (box.held === undefined) this.boxes.delete(box.stream);
  }

  held(stream: string): Held | undefined {
    return this.boxes.get(stream)?.held;
  }

  *allHeld(): Generator<readonly [string, Held]> {
    for (const { stream, held } of this.boxes.values()) if (held !== undefined) yield [stream, held];
  }

  /** How many instances are held. */
  get size(): number {
    let size = 0;
    for (const { held } of this.boxes.values()) if (held !== undefined) size++;
    return size;
  }

  get busy(): boolean {
    for (const { posts } of this.boxes.values()) if (posts.length > 0) return true;
    return false;
  }
}
