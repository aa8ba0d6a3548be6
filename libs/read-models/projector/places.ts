import type { Advance } from '../database/view-store.js';

/** Where checkpoints are as their one owner knows them, by name. */
export class Places {
  private readonly at = new Map<string, number>();

  constructor(readonly owner: string) {}

  of(name: string): number {
    return this.at.get(name) ?? 0;
  }

  set(name: string, position: number): void {
    this.at.set(name, position);
  }

  /** Where the log is to be read from. Infinity while there is nothing here. */
  lowest(): number {
    return Math.min(...this.at.values());
  }

  /** How far the first of them is. -Infinity while there is nothing here. */
  highest(): number {
    return Math.max(...this.at.values());
  }

  advances(names: readonly string[], to: number): readonly Advance[] {
    return names.map((projection) => ({ projection, from: this.of(projection), to }));
  }

  /** After the commit. */
  advanced(names: readonly string[], to: number): void {
    for (const name of names) this.at.set(name, to);
  }
}
