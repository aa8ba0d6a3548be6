import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour, LedgerEntry, ScriptMatch, Settings } from '../../apps/sandbox/sandbox.types.js';
import { READ_MODEL_FILE } from '../../libs/read-models/database/read-model-file.js';
import { Child, freePort } from './child.js';
import { checkAnswer } from './openapi-check.js';
import { SANDBOX, serverFor } from './programs.js';

/** What the sandbox signs callbacks with, and the server checks them by. */
export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
export const TOKEN = 'e2e-scim-token';

/** A JSON answer; `text` is the body as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // What an endpoint answers is what the tests assert.
  readonly body: any;
}

export interface AuditEvent {
  readonly type: string;
  readonly revision: number;
  readonly position: number;
  readonly data: Record<string, any>;
  readonly metadata: Record<string, any>;
}

/** Server and sandbox as processes of their own, on free ports and in directories that vanish with `stop`. */
export class World {
  private server!: Child;
  private sandbox!: Child;
  private earlierLogs = '';
  private generation = 0;
  private constructor(
    private readonly root: string,
    private readonly serverPort: number,
    private readonly sandboxPort: number,
    private readonly env: Record<string, string>,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<World> {
    const [serverPort, sandboxPort] = [await freePort(), await freePort()];
    const world = new World(mkdtempSync(join(tmpdir(), 'purveyor-e2e-')), serverPort, sandboxPort, env);
    try {
      world.sandbox = world.startSandbox();
      await Promise.all([world.sandbox.ready(), world.startServer()]);
      await world.settings({ callbackDelayMs: 50, pollsBeforeDone: 1, retryAfterSeconds: 1 });
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  get dataDir(): string {
    return join(this.root, `server-${this.generation}`);
  }
  get url(): string {
    return `http://127.0.0.1:${this.serverPort}`;
  }
  get sandboxUrl(): string {
    return `http://127.0.0.1:${this.sandboxPort}`;
  }
  /** Everything all server processes of this world have written. */
  get log(): string {
    return this.earlierLogs + (this.server?.log ?? '');
  }

  private startSandbox(): Child {
    return new Child(SANDBOX, `${this.sandboxUrl}/healthz`, {
      PURVEYOR_SANDBOX_PORT: String(this.sandboxPort),
      PURVEYOR_SANDBOX_DATA_DIR: join(this.root, 'sandbox'),
      PURVEYOR_WEBHOOK_SECRET: WEBHOOK_SECRET,
      PURVEYOR_SCIM_TOKEN: TOKEN,
      PURVEYOR_NRM_TOKEN: TOKEN,
    });
  }

  private async startServer(env: Record<string, string> = {}, readyWithinMs?: number): Promise<void> {
    const settings = {
      PURVEYOR_PORT: String(this.serverPort),
      PURVEYOR_DATA_DIR: this.dataDir,
      PURVEYOR_PUBLIC_URL: this.url,
      PURVEYOR_SANDBOX_PORT: String(this.sandboxPort),
      PURVEYOR_CSP_URL: this.sandboxUrl,
      PURVEYOR_SCIM_URL: `${this.sandboxUrl}/scim/v2`,
      PURVEYOR_SCIM_TOKEN: TOKEN,
      PURVEYOR_NRM_URL: `${this.sandboxUrl}/nrm`,
      PURVEYOR_NRM_TOKEN: TOKEN,
      PURVEYOR_WEBHOOK_SECRETS: WEBHOOK_SECRET,
      PURVEYOR_DEADLINE_GRACE_SECONDS: '0',
      // What falls due by itself would be in the way of what tests count.
      PURVEYOR_DEFAULT_SCHEDULES: 'off',
      ...this.env,
      ...env,
    };
    this.server = new Child(serverFor(settings), `${this.url}/readyz`, settings);
    await this.server.ready(readyWithinMs);
  }

  /** Resolves with the signal that ended the server, null if it ended by itself; throws when it still lives after `ms`. */
  serverEnded(ms = 30_000): Promise<NodeJS.Signals | null> {
    return this.server.ended(ms);
  }

  async kill9Server(): Promise<void> {
    await this.server.end('SIGKILL');
  }

  /** Ends it in order. */
  async stopServer(): Promise<void> {
    await this.server.end('SIGTERM');
  }

  /** A file of this world that vanishes with it. */
  file(name: string): string {
    return join(this.root, name);
  }

  /** A server on an empty data directory in place of the one that ran; the sandbox stays. */
  async newServer(env: Record<string, string> = {}): Promise<void> {
    // Nobody will look at what it leaves.
    await this.server.end('SIGKILL');
    this.generation++;
    await this.startServer(env);
  }

  /** Deletes the views of the server, which builds them anew from the log. */
  async rebuildViews(): Promise<void> {
    await this.server.end('SIGTERM');
    const views = readdirSync(this.dataDir).filter((name) => name.startsWith(READ_MODEL_FILE));
    if (views.length === 0) throw new Error('there are no views to delete');
    for (const name of views) rmSync(join(this.dataDir, name));
    await this.startServer();
  }

  /** Starts the server again on the same data; ends it first, in order, if it still runs. */
  async restartServer(env: Record<string, string> = {}, readyWithinMs?: number): Promise<void> {
    await this.server.end('SIGTERM');
    this.earlierLogs += this.server.log;
    await this.startServer(env, readyWithinMs);
  }

  async stop(): Promise<void> {
    await Promise.all([this.server?.end('SIGTERM'), this.sandbox?.end('SIGTERM')]);
    rmSync(this.root, { recursive: true, force: true });
  }

  /** One request to the server; `path` from the root, such as /api/portfolios. Throws when the OpenAPI document does not foresee the answer. */
  api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send(method, path, body === undefined ? undefined : JSON.stringify(body), headers);
  }

  /** The same with a body that need not be JSON. */
  async send(method: string, path: string, text?: string, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await request(method, this.url + path, text, headers);
    checkAnswer(method, path, answer);
    return answer;
  }

  private async control(method: string, path: string, body?: unknown): Promise<any> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await request(method, this.sandboxUrl + path, text);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  }

  /** What the next `times` requests that match are to suffer. */
  script(match: ScriptMatch, behaviour: Behaviour, times = 1): Promise<unknown> {
    return this.control('POST', '/scripts', { match, behaviour, times });
  }
  clearScripts(): Promise<unknown> {
    return this.control('DELETE', '/scripts');
  }
  settings(values: Partial<Settings>): Promise<unknown> {
    return this.control('PUT', '/settings', values);
  }
  /** The sandbox's callbacks with what became of them: `state` and the status of the last answer. */
  async callbacks(): Promise<{ url: string; state: string; last: string | null; attempts: number }[]> {
    return this.control('GET', '/callbacks');
  }
  async ledger(): Promise<LedgerEntry[]> {
    return this.control('GET', '/ledger');
  }

  /** Entries of the directory, as the directory itself tells. */
  async groups(): Promise<{ id: string; displayName: string }[]> {
    const url = `${this.sandboxUrl}/scim/v2/Groups`;
    const { body } = await request('GET', url, undefined, { authorization: `Bearer ${TOKEN}` });
    return body.Resources ?? [];
  }

  /** Every event of a stream, oldest first; none for a stream that is not there. */
  async events(stream: string): Promise<AuditEvent[]> {
    const { status, body } = await this.api('GET', `/api/audit/streams/${stream}`);
    return status === 200 ? (body.events ?? body.items ?? body) : [];
  }
}

export async function request(
  method: string,
  url: string,
  body?: string,
  more: Record<string, string> = {},
): Promise<Answer> {
  const headers = { ...(body !== undefined && { 'content-type': 'application/json' }), ...more };
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Asks every `everyMs` until the answer satisfies; throws with the last answer after `ms`. */
export async function until<T>(
  ask: () => Promise<T>,
  satisfied: (answer: T) => boolean,
  ms = 25_000,
  everyMs = 40,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (satisfied(answer)) return answer;
    if (Date.now() > end) throw new Error(`not within ${ms} ms; last: ${JSON.stringify(answer)?.slice(0, 2000)}`);
    await sleep(everyMs);
  }
}
