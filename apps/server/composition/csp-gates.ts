import { CspGate, csps, DEFAULT_LIMITS, type CspCommand, type CspState } from '#csp';
import { CSP_CATEGORY } from '#csp/published';
import type { Clock } from '#kernel';
import { ConfigError, type Config } from '#platform';
import type { Closing } from './closing.js';
import type { Parts } from './parts.js';
import { readEngine } from './engine-lock.js';
import { Watch } from './watch.js';

/** One gate for each CSP, with the limits that are configured for it. Throws a ConfigError for limits of what is no CSP. */
export function cspGates({ cspLimits }: Pick<Config, 'cspLimits'>, clock: Clock): ReadonlyMap<string, CspGate> {
  const strange = cspLimits.filter(({ csp }) => csps.every(({ name }) => name !== csp));
  const known = csps.map(({ name }) => name).join(', ');
  if (strange.length > 0)
    throw new ConfigError(strange.map(({ csp }) => `PURVEYOR_CSP_LIMITS: ${csp} is no CSP; known are ${known}`));
  const limitsOf = (name: string) => cspLimits.find(({ csp }) => csp === name) ?? DEFAULT_LIMITS;
  return new Map(csps.map(({ name }) => [name, new CspGate(limitsOf(name), () => clock.now())]));
}

/** How long what a process said of its circuit is enough: an outage writes at most so often. */
const SAID_AGAIN_MS = 60_000;

/** Writes down when a circuit of this process opens and closes, so that everybody sees it, whichever process is asked. */
export function reportCircuits({ gates, runtime, clock, ids, logger }: Reporting, owner: string): void {
  for (const [csp, gate] of gates) {
    let said = 0;
    gate.onCircuit = ({ circuit, until, failuresInARow: failures }) => {
      const time = clock.now();
      if (circuit !== 'closed' && time < said + SAID_AGAIN_MS) return;
      said = circuit === 'closed' ? 0 : time;
      const command: CspCommand =
        circuit === 'closed'
          ? { type: 'NoteClosedCircuit', owner, time }
          : { type: 'NoteOpenCircuit', owner, failures, until: until ?? time, time };
      const id = ids.uuid();
      const context = { commandId: id, correlationId: id, causationId: id, actor: 'system', tenant: 'default' };
      runtime.dispatch(`${CSP_CATEGORY}-${csp}`, command, context).catch((error: unknown) => {
        said = 0;
        logger.warn({ csp, circuit, error }, 'the circuit could not be written down');
      });
    };
  }
}

type Reporting = Pick<Parts, 'gates' | 'runtime' | 'clock' | 'ids' | 'logger'>;

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
