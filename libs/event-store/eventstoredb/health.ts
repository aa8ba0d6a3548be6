import type { Clock } from '#kernel';

export type StoreHealth =
  { readonly state: 'connected' } | { readonly state: 'degraded'; readonly since: number; readonly reason: string };

/** What is failing at present, by part (an append, a subscription, ...). The store is degraded while any part is. */
export class Troubles {
  private readonly parts = new Map<object, { readonly since: number; readonly reason: string }>();

  constructor(
    private readonly clock: Clock,
    private readonly onWarning: (message: string) => void,
  ) {}

  failed(part: object, reason: string): void {
    if (this.parts.has(part)) return;
    this.parts.set(part, { since: this.clock.now(), reason });
    this.onWarning(`EventStoreDB does not answer: ${reason}`);
  }

  recovered(part: object): void {
    this.parts.delete(part);
  }

  get health(): StoreHealth {
    const [first] = this.parts.values();
    return first === undefined ? { state: 'connected' } : { state: 'degraded', ...first };
  }
}
