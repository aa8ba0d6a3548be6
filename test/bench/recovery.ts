import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Engine } from './engine.js';

const IN_FLIGHT = 500;

export interface Recovered {
  readonly inFlightAtKill: number;
  readonly finishedBefore: number;
  /** From opening the directory until every run that was in flight has ended, ms. */
  readonly recoveryMs: number;
  readonly repeatedSteps: number;
}

/** Kill -9 with 500 runs in flight, then the time until all of them go on. */
export async function recovery(directory: string): Promise<Recovered> {
  await crash(directory);
  const began = performance.now();
  const engine = await Engine.open(directory, () => 0);
  const open = engine.openAtStart.length;
  await engine.openOnesEnded();
  const recoveryMs = Math.round(performance.now() - began);
  const { finished, repeated } = await engine.audit();
  await engine.close();
  return { inFlightAtKill: open, finishedBefore: finished - open, recoveryMs, repeatedSteps: repeated };
}

function crash(directory: string): Promise<void> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./victim.js', import.meta.url)), directory, String(IN_FLIGHT)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return new Promise((resolve) => {
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), 1_500));
    child.once('exit', () => resolve());
  });
}
