import type { TProperties } from 'typebox';
import type { SleepNode } from '../node.js';
import type { Values } from '../wiring.types.js';

export interface SleepSpec<R extends TProperties, K extends string> {
  readonly key: K;
  readonly name?: string;
  readonly reads?: R;
  /** How long, ms. */
  readonly ms?: number;
  /** Until when, ms since the epoch; pure. Instead of `ms`. */
  readonly until?: (state: Values<R>, now: number) => number;
}

/** Waits for a time. It is on disk and costs nothing meanwhile (law 6); an operator's resume ends it early. */
export function sleep<const K extends string, R extends TProperties = {}>(
  spec: SleepSpec<R, K>,
): SleepNode<Values<R>, object, K> {
  const { key, name = key, ms = 0, until = (_: Values<R>, now: number) => now + ms } = spec;
  return { kind: 'sleep', key, name, adds: {}, until };
}
