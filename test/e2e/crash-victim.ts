import { expect } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shown, type Observation } from './crash-points.js';
import { CALLBACK_KEYS } from './crash-talk.js';
import { preload } from './programs.js';
import { World } from './world.js';

/** What a server did while it was watched, in order; `fits`: this was the point that it was to end at. */
export type Trace = readonly (Observation & { readonly fits: boolean })[];

/**
 * A server that is told while it runs at which point to die. The one that is started on what it left goes on with its work and is the
 * victim of the next point, so that a crash costs one start.
 */
export class Victim {
  private constructor(
    readonly world: World,
    private readonly folder: string,
  ) {}

  static async start(): Promise<Victim> {
    const folder = mkdtempSync(join(tmpdir(), 'purveyor-crash-'));
    const orders = { CRASH_ORDERS: join(folder, 'orders.json') };
    const world = await World.start({ ...preload('crash-workflows', 'crash-point'), ...orders, ...CALLBACK_KEYS });
    await world.settings({ callbackDelayMs: 50, pollsBeforeDone: 0, retryAfterSeconds: 0 });
    return new Victim(world, folder);
  }

  async stop(): Promise<void> {
    await this.world.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** From now on what it does is written down, and the first that fits the point ends it. `after`: the log's last position. */
  watch(after: number, point?: Observation): void {
    this.unwatch();
    const part = join(this.folder, 'orders.part');
    writeFileSync(part, JSON.stringify({ trace: this.traceFile, after, point }));
    // In one piece, for the server reads it whenever it does something.
    renameSync(part, join(this.folder, 'orders.json'));
  }

  trace(): Trace {
    if (!existsSync(this.traceFile)) return [];
    const lines = readFileSync(this.traceFile, 'utf8').trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as Trace[number]);
  }

  unwatch(): void {
    for (const name of ['orders.json', 'trace']) rmSync(join(this.folder, name), { force: true });
  }

  /** What it was watched for has come, while something was said to it that may have got no answer. Throws when it lives on, with what was heard. */
  async dies(said: Promise<unknown>): Promise<Trace> {
    const heard = said.then(() => 'what was expected of a server that nobody kills', String);
    const alive = async (error: unknown) => {
      const last = this.trace().slice(-5).map(shown).join(', ');
      throw new Error(`${String(error)}\nheard: ${await heard}\nlast observed: ${last}`);
    };
    const [signal] = await Promise.all([this.world.serverEnded().catch(alive), heard]);
    expect(signal).toBe('SIGKILL');
    return this.trace();
  }

  /** Another one on its directory, which nobody watches. */
  async heir(): Promise<void> {
    this.unwatch();
    await this.world.restartServer();
  }

  /** Another one on an empty directory, for who cannot say in which state it was left. */
  async anew(): Promise<void> {
    this.unwatch();
    await this.world.newServer();
  }

  private get traceFile(): string {
    return join(this.folder, 'trace');
  }
}
