import { EventRegistry, type EventSpec } from '#event-store';
import { mulberry32, SimulatedStore, VirtualClock } from '#testing';
import { Node, type NodeParts } from '../simulation/node.js';

/** The code that one process has. */
export type Code = Pick<NodeParts, 'deciders' | 'effects'>;

/** One log and virtual time for several processes that differ in the code they have. */
export class Cluster {
  readonly clock = new VirtualClock();
  readonly store = new SimulatedStore({ clock: this.clock });
  readonly registry: EventRegistry;
  private readonly random = mulberry32(8);

  constructor(events: readonly EventSpec<string, never>[]) {
    this.registry = new EventRegistry().register(events);
  }

  /** Starts a process; `alone` when the others are known to be dead, as the embedded store's lock proves. */
  start(code: Code, alone = true): Node {
    const { store, clock, registry, random } = this;
    return new Node({ store, clock, registry, random, alone, ...code });
  }

  /** Lets virtual time pass, with turns of the event loop every `pace` ms. */
  async advance(ms: number, pace = 100): Promise<void> {
    for (let left = ms; left > 0; left -= pace) {
      this.clock.advance(Math.min(pace, left));
      for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async types(stream: string): Promise<readonly string[]> {
    return (await this.store.readStream(stream)).events.map((event) => event.type);
  }
}
