import type { Clock } from '#kernel';
import { EventLog, type EventRegistry } from '#event-store';
import { CallbackTokens, Runtime, type AnyDecider, type Dispatcher, type Effect, type Shared } from '#runtime';
import { openWork, SeededIds, type SimulatedStore, type VirtualClock } from '#testing';

/** A process that can be stopped in mid-air and go on later: what fires meanwhile fires when it thaws. */
export class FreezableClock implements Clock {
  private frozen = false;
  private readonly held: (() => void)[] = [];

  constructor(private readonly clock: VirtualClock) {}

  now(): number {
    return this.clock.now();
  }

  after(ms: number, call: () => void): () => void {
    let cancelled = false;
    const fire = () => {
      if (cancelled) return;
      if (this.frozen) this.held.push(fire);
      else call();
    };
    const cancel = this.clock.after(ms, fire);
    return () => {
      cancelled = true;
      cancel();
    };
  }

  freeze(ms: number): void {
    if (this.frozen) return;
    this.frozen = true;
    this.clock.after(ms, () => {
      this.frozen = false;
      for (const call of this.held.splice(0)) call();
    });
  }
}

/** What one process of the simulated world is made of. */
export interface NodeParts {
  readonly store: SimulatedStore;
  readonly clock: VirtualClock;
  readonly registry: EventRegistry;
  readonly deciders: Readonly<Record<string, AnyDecider>>;
  readonly effects: (clock: Clock, alive: () => boolean, dispatcher: () => Dispatcher) => readonly Effect[];
  /** True when a crash is the only way in which another owner can have gone. */
  readonly alone: boolean;
  readonly random: () => number;
  /** Where one of several workers drives what is overdue. */
  readonly shared?: Shared;
}

/** One worker process over the shared log, with the shipped runner inside. */
export class Node {
  runtime: Runtime;
  clock: FreezableClock;
  readonly stuck: string[] = [];
  private life = 0;
  private down = false;

  constructor(private readonly parts: NodeParts) {
    [this.runtime, this.clock] = this.boot();
  }

  private boot(): [Runtime, FreezableClock] {
    const { parts } = this;
    const clock = new FreezableClock(parts.clock);
    const life = ++this.life;
    const runtime: Runtime = new Runtime({
      log: new EventLog(parts.store, parts.registry),
      clock,
      ids: new SeededIds(clock, Math.floor(parts.random() * 2 ** 31)),
      tokens: new CallbackTokens([{ id: 'k', key: new Uint8Array(32) }], 'http://127.0.0.1'),
      effects: parts.effects(
        clock,
        () => life === this.life,
        () => runtime,
      ),
      openWork: (dueBefore) => openWork(parts.store, dueBefore),
      othersDead: parts.alone,
      shared: parts.shared,
      observe: { stuck: (stream, error) => this.stuck.push(`${stream}: ${String(error)}`) },
    });
    for (const [category, decider] of Object.entries(parts.deciders)) runtime.register(category, decider);
    void runtime.start();
    return [runtime, clock];
  }

  /** Kill -9 and, after a while, a new process. */
  crash(downMs: number): void {
    if (this.down) return;
    this.down = true;
    this.runtime.kill();
    this.life++;
    this.parts.clock.after(downMs, () => {
      this.down = false;
      [this.runtime, this.clock] = this.boot();
    });
  }
}
