import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.js';

const USER = 'postgres';
/** PostgreSQL refuses to run as root; "nobody" is there on every system. */
const NOBODY = 65_534;
const asUser = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
const START_MS = 20_000;

/** A PostgreSQL server in a temporary directory on a free port, for tests. */
export class PostgresServer {
  private child: ChildProcess | undefined;
  private databases = 0;

  private constructor(
    private readonly bin: string,
    private readonly directory: string,
    private readonly port: number,
  ) {}

  /** Undefined where PostgreSQL is not installed; with `CI` set that is an error, so that CI never skips. */
  static async start(): Promise<PostgresServer | undefined> {
    const bin = findBinaries();
    if (bin === undefined && process.env['CI']) throw new Error('PostgreSQL is not installed, and CI skips nothing');
    if (bin === undefined) return undefined;
    const directory = mkdtempSync(join(tmpdir(), 'purveyor-postgres-'));
    if (asUser.uid !== undefined) chownSync(directory, asUser.uid, asUser.gid);
    const options = ['-D', join(directory, 'data'), '-U', USER, '-A', 'trust', '--no-sync', '-E', 'UTF8'];
    execFileSync(join(bin, 'initdb'), options, { ...asUser, cwd: directory, stdio: 'ignore' });
    const server = new PostgresServer(bin, directory, await freePort());
    await server.resume();
    return server;
  }

  /** A new, empty database. */
  async createDatabase(): Promise<string> {
    const name = `test_${++this.databases}`;
    await this.query(`CREATE DATABASE ${name}`);
    return this.url(name);
  }

  /** Starts it again after {@link kill}; resolves when it answers. */
  async resume(): Promise<void> {
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'max_connections=60'];
    const options = ['-D', join(this.directory, 'data'), '-p', String(this.port)];
    for (const setting of settings) options.push('-c', setting);
    const child = spawn(join(this.bin, 'postgres'), options, { ...asUser, cwd: this.directory, stdio: 'ignore' });
    process.once('exit', () => child.kill('SIGKILL'));
    this.child = child;
    const latest = Date.now() + START_MS;
    for (;;) {
      try {
        return await this.query('SELECT 1');
      } catch (error) {
        if (Date.now() > latest || child.exitCode !== null) throw error;
        await sleep(50);
      }
    }
  }

  /** Ends it at once, as a crash would. */
  async kill(signal: 'SIGQUIT' | 'SIGINT' = 'SIGQUIT'): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** Ends it and removes its files. */
  async remove(): Promise<void> {
    await this.kill('SIGINT');
    rmSync(this.directory, { recursive: true });
  }

  private url(database: string): string {
    return `postgres://${USER}@127.0.0.1:${this.port}/${database}`;
  }

  private async query(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.url('postgres'), connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}

/** Through pg_config, the PATH, or where Debian keeps them. */
function findBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const candidates = [
    askPgConfig(),
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  return candidates.find(
    (bin) => bin !== undefined && ['initdb', 'postgres'].every((name) => existsSync(join(bin, name))),
  );
}

function askPgConfig(): string | undefined {
  try {
    return execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
