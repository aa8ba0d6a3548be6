/** Child processes that live and die together. */
import { spawn } from 'node:child_process';
import { root } from './project.mjs';

const STOP_WITHIN_MS = 9_000;
/** A young generation that holds what is in flight: the collector then costs half as much (docs/adr/0011). */
export const NODE_OPTIONS = ['--enable-source-maps', '--max-semi-space-size=64'];

/** Starts a Node program of this project; `ended` resolves to its exit code. */
export function startProgram(name, script, env, args = []) {
  const child = spawn(process.execPath, [...NODE_OPTIONS, script, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  const program = { name, child, code: undefined };
  program.ended = new Promise((resolve) => {
    child.on('error', () => resolve((program.code = 1)));
    child.on('exit', (code, signal) => resolve((program.code = code ?? (signal === null ? 1 : 128))));
  });
  return program;
}

/** Asks every program to stop, kills what has not stopped after nine seconds. */
export async function stopAll(programs) {
  const running = programs.filter(({ code }) => code === undefined);
  for (const { child } of running) child.kill('SIGTERM');
  const killer = setTimeout(() => {
    for (const { name, child, code } of running) {
      if (code !== undefined) continue;
      console.error(`${name} did not stop within ${STOP_WITHIN_MS / 1000} s and is killed.`);
      child.kill('SIGKILL');
    }
  }, STOP_WITHIN_MS);
  await Promise.all(running.map(({ ended }) => ended));
  clearTimeout(killer);
}
