import { Injectable } from '@nestjs/common';
import { Refusal } from '#kernel';

interface Cache {
  readonly description: string;
  /** Answers how many entries it had. */
  readonly clear: () => number;
}

const ALL = 'all';

/** What this process remembers only to be quicker. Whoever keeps such a cache registers it. */
@Injectable()
export class Caches {
  private readonly caches = new Map<string, Cache>();

  register(name: string, cache: Cache): void {
    this.caches.set(name, cache);
  }

  /** Name to description, `all` first. */
  names(): Readonly<Record<string, string>> {
    const own = [...this.caches].map(([name, { description }]) => [name, description]);
    return Object.fromEntries([[ALL, 'All caches'], ...own]) as Record<string, string>;
  }

  /** How many entries were deleted. Refusal `unknown_cache` 400. */
  clear(name: string): number {
    if (name === ALL) return [...this.caches.values()].reduce((sum, cache) => sum + cache.clear(), 0);
    const cache = this.caches.get(name);
    if (cache === undefined)
      throw new Refusal('unknown_cache', 400, 'there is no such cache', { caches: Object.keys(this.names()) });
    return cache.clear();
  }
}
