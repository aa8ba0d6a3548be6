import { createHash } from 'node:crypto';

const BUCKETS = 1024;

/** The strategy Pinned: a stream's bucket stays with one consumer while consumers neither come nor go. */
export class Pins<Consumer> {
  private readonly buckets = new Map<number, Consumer>();

  /** Whose stream this is; a bucket without a consumer goes to the one with the fewest. */
  of(stream: string, consumers: ReadonlySet<Consumer>): Consumer | undefined {
    const bucket = createHash('md5').update(stream).digest().readUInt32LE() % BUCKETS;
    const consumer = this.buckets.get(bucket) ?? leastLoaded(consumers, (each) => this.held(each).length);
    if (consumer !== undefined) this.buckets.set(bucket, consumer);
    return consumer;
  }

  /** A newcomer gets its share of the buckets. */
  joined(consumers: ReadonlySet<Consumer>): void {
    const share = Math.ceil(this.buckets.size / consumers.size);
    for (const consumer of consumers)
      for (const bucket of this.held(consumer).slice(share)) this.buckets.delete(bucket);
  }

  left(consumer: Consumer): void {
    for (const bucket of this.held(consumer)) this.buckets.delete(bucket);
  }

  private held(consumer: Consumer): number[] {
    return [...this.buckets].filter(([, pinned]) => pinned === consumer).map(([bucket]) => bucket);
  }
}

export function leastLoaded<Consumer>(
  consumers: ReadonlySet<Consumer>,
  load: (consumer: Consumer) => number,
): Consumer | undefined {
  return [...consumers].sort((a, b) => load(a) - load(b))[0];
}
