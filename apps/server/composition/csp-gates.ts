import { CspGate, csps, DEFAULT_LIMITS, type CspState } from '#csp';
import type { Clock } from '#kernel';
import type { Config } from '#platform';
import type { Closing } from './closing.js';
import type { Parts } from './parts.js';
import { readEngine } from './engine-lock.js';
import { Watch } from './watch.js';

/** One gate for each CSP, with the limits that are configured for it. */
export function cspGates({ cspLimits }: Config, clock: Clock): ReadonlyMap<string, CspGate> {
  const limitsOf = (name: string) => cspLimits.find(({ csp }) => csp === name) ?? DEFAULT_LIMITS;
  return new Map(csps.map(({ name }) => [name, new CspGate(limitsOf(name), () => clock.now())]));
}

/** Lets the gate know what the log says about its CSP. */
export async function readPause({ gates, runtime }: Pick<Parts, 'gates' | 'runtime'>, csp: string): Promise<void> {
  const { state } = await runtime.load<CspState>(`csp-${csp}`);
  gates.get(csp)!.paused = state.paused !== null;
}

/** Where another process may pause a CSP or the engine: looks into the log again and again, so that it counts here within about a second. */
export function watchPauses(parts: Pick<Parts, 'gates' | 'runtime' | 'clock'>, closing: Closing): void {
  const readAll = () =>
    Promise.all([readEngine(parts), ...[...parts.gates.keys()].map((name) => readPause(parts, name))]);
  const watch = new Watch(readAll, parts.clock);
  closing.add(() => watch.stop());
}
