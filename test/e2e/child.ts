import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

export { freePort } from '../../libs/testing/free-port.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** One program of the repository as a process of its own, with everything it has written so far. */
export class Child {
  private output = '';
  private readonly process: ChildProcess;

  constructor(
    private readonly program: string,
    private readonly readyUrl: string,
    env: Record<string, string>,
    args: readonly string[] = [],
  ) {
    const { PATH = '', HOME = '' } = process.env;
    this.process = spawn(process.execPath, [program, ...args], { cwd: ROOT, env: { PATH, HOME, ...env } });
    running.add(this.process);
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  get log(): string {
    return this.output;
  }

  get alive(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Throws with the process's own output when it ends or does not get ready within `ms`. */
  async ready(ms = 30_000): Promise<void> {
    const until = Date.now() + ms;
    for (;;) {
      const ok = await fetch(this.readyUrl).then(
        (answer) => answer.ok,
        () => false,
      );
      if (ok) return;
      if (!this.alive || Date.now() > until) {
        await this.end('SIGKILL');
        throw new Error(`${this.program} did not get ready:\n${this.output}`);
      }
      await sleep(50);
    }
  }

  /** Stops it in mid-air, or lets it go on. */
  freeze(frozen: boolean): void {
    this.process.kill(frozen ? 'SIGSTOP' : 'SIGCONT');
  }

  /** The signal that ended the process, null if it ended by itself; throws with its output when it lives on for `ms`. */
  async ended(ms: number): Promise<NodeJS.Signals | null> {
    if (this.alive)
      await once(this.process, 'exit', { signal: AbortSignal.timeout(ms) }).catch(() => {
        throw new Error(`${this.program} still runs after ${ms} ms:\n${this.output.slice(-2_000)}`);
      });
    running.delete(this.process);
    return this.process.signalCode;
  }

  /** Sends the signal and waits for the end; a process that ignores SIGTERM for 10 s is killed. */
  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<void> {
    running.delete(this.process);
    if (!this.alive) return;
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }
}
