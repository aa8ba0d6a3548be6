import type { EventStore } from '#event-store';
import type { Clock } from '#kernel';
import { MAIN, type Projector } from '#read-models';
import { ViewAge } from './view-age.js';

/** Views that are known to lag for so long are told as stale. */
export const STALE_MS = 5_000;

/** One group of views as this process sees it. */
export interface GroupOfViews {
  readonly projector: Projector;
  readonly age: ViewAge;
}

/** What the views hold, by group: queries name the groups that they read. */
export class Views {
  private readonly byGroup: ReadonlyMap<string, GroupOfViews>;

  constructor(
    projectors: ReadonlyMap<string, Projector>,
    private readonly clock: Clock,
  ) {
    const group = (projector: Projector) => ({ projector, age: new ViewAge(() => projector.position(), clock) });
    this.byGroup = new Map([...projectors].map(([name, projector]) => [name, group(projector)]));
  }

  get groups(): Iterable<readonly [string, GroupOfViews]> {
    return this.byGroup;
  }

  /** Throws for a name that no group has: a defect of ours. */
  of(group: string): GroupOfViews {
    const found = this.byGroup.get(group);
    if (found === undefined) throw new Error(`there is no group of views ${group}`);
    return found;
  }

  get main(): GroupOfViews {
    return this.of(MAIN);
  }

  /** Every event up to here is in all of them. */
  position(groups: readonly string[]): number {
    return Math.min(...groups.map((name) => this.of(name).projector.position()));
  }

  /** Why one of them is not projected at the moment. */
  failure(groups: readonly string[]): string | undefined {
    return groups.map((name) => this.of(name).projector.failure()).find((failure) => failure !== undefined);
  }

  /** Of the oldest, ms. */
  ageMs(groups: readonly string[]): number {
    return Math.max(...groups.map((name) => this.of(name).age.ms()));
  }

  /** Refusal `position_timeout` (503) when one of them has not come so far in time. */
  async waitFor(groups: readonly string[], position: number, timeoutMs: number): Promise<void> {
    await Promise.all(groups.map((name) => this.of(name).projector.waitFor(position, timeoutMs)));
  }

  /** Looks where the log ends, for the ages; rejects when the log does not say. */
  async look(store: EventStore): Promise<void> {
    const at = this.clock.now();
    const head = await store.head();
    for (const { age } of this.byGroup.values()) age.saw({ head, at });
  }
}
