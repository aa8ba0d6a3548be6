import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { World } from './world.js';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What --json printed. */
  readonly json: any;
}

/** Runs a program of ours as a shell would, in the directory `cwd` if one is given. */
export async function run(args: readonly string[], env: Record<string, string> = {}, cwd?: string): Promise<Ended> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, args, { env: { PATH, ...env }, cwd });
  const [[code], out, err] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { code: code as number, out, err, json: args.includes('--json') && out !== '' ? JSON.parse(out) : undefined };
}

const PURVEYOR = resolve('scripts/purveyor.mjs');

/** The command line against a world's server. */
export const purveyor = (
  world: World,
  args: readonly string[],
  env: Record<string, string> = {},
  cwd?: string,
): Promise<Ended> => run([PURVEYOR, ...args], { PURVEYOR_URL: world.url, ...env }, cwd);
