import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FaultProxy, type Fault } from '../../libs/testing/eventstoredb/fault-proxy.js';
import { PostgresServer } from '../../libs/testing/postgres-server.js';
import type { Behaviour, LedgerEntry, ScriptMatch, Settings } from '../../apps/sandbox/sandbox.types.js';
import { Child, freePort } from './child.js';
import { checkAnswer } from './openapi-check.js';
import { SANDBOX, SERVER } from './programs.js';
import { request, TOKEN, until, WEBHOOK_SECRET, type Answer, type AuditEvent } from './world.js';

/** Seven processes that start at once share few cores. */
const START_MS = 120_000;
const KEY = Buffer.alloc(32, 5).toString('base64');
const { EVENTSTORE_URL } = process.env;

export type RoleName = 'api' | 'worker' | 'projector';

/** One process of the system under test; the same name, port and role over all its lives. */
interface Member {
  readonly role: RoleName;
  readonly port: number;
  child: Child;
}

export interface ProductionOptions {
  readonly members: Readonly<Partial<Record<RoleName, number>>>;
  /** Of the stand-in; 1 by default. */
  readonly nodes?: number;
  /** Uses the stand-in even where EVENTSTORE_URL is given: for faults that only it can have. */
  readonly standIn?: boolean;
}

/**
 * The production mode: an EventStoreDB (the stand-in as a process of its own, or the one of EVENTSTORE_URL), a PostgreSQL, the sandbox,
 * and so many processes of each role.
 */
export class Production {
  private readonly members = new Map<string, Member>();
  private readonly children: Child[] = [];
  private readonly root = mkdtempSync(join(tmpdir(), 'purveyor-production-'));
  private env: Record<string, string> = {};
  private sandboxUrl = '';
  private controlUrl = '';
  private proxy: FaultProxy | undefined;
  private turn = 0;

  private constructor(private readonly postgres: PostgresServer) {}

  /** Undefined where PostgreSQL is missing. */
  static async start(options: ProductionOptions): Promise<Production | undefined> {
    const postgres = await PostgresServer.start();
    if (postgres === undefined) return undefined;
    const production = new Production(postgres);
    try {
      await production.open(options);
      return production;
    } catch (error) {
      await production.stop();
      throw error;
    }
  }

  private async open({ members, nodes = 1, standIn = false }: ProductionOptions): Promise<void> {
    const [publicPort, sandboxPort] = [await freePort(), await freePort()];
    this.sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
    const eventStore =
      EVENTSTORE_URL && !standIn ? await this.behindProxy(EVENTSTORE_URL) : await this.startStandIn(nodes);
    await this.startSandbox(sandboxPort);
    this.env = {
      PURVEYOR_EVENT_STORE: eventStore,
      PURVEYOR_STREAM_PREFIX: `e2e_${randomUUID().slice(0, 8)}_`,
      PURVEYOR_READ_MODELS: await this.postgres.createDatabase(),
      PURVEYOR_DATA_DIR: join(this.root, 'data'),
      PURVEYOR_PUBLIC_URL: `http://127.0.0.1:${publicPort}`,
      PURVEYOR_CSP_URL: this.sandboxUrl,
      PURVEYOR_SCIM_URL: `${this.sandboxUrl}/scim/v2`,
      PURVEYOR_SCIM_TOKEN: TOKEN,
      PURVEYOR_WEBHOOK_SECRETS: WEBHOOK_SECRET,
      PURVEYOR_DEADLINE_GRACE_SECONDS: '0',
      PURVEYOR_DEFAULT_SCHEDULES: 'off',
      PURVEYOR_VAULT_KEY: KEY,
      PURVEYOR_CALLBACK_KEYS: `k:${KEY}`,
      PURVEYOR_AUDIT_KEY: KEY,
    };
    await this.command(['setup']);
    for (const role of ['projector', 'worker', 'api'] as const)
      for (let n = 1; n <= (members[role] ?? 0); n++)
        this.startMember(`${role}-${n}`, role, role === 'api' && n === 1 ? publicPort : await freePort());
    await Promise.all([...this.members.values()].map(({ child }) => child.ready(START_MS)));
    await this.settings({ callbackDelayMs: 50, pollsBeforeDone: 1, retryAfterSeconds: 1 });
  }

  /** A real server gets its faults from a proxy in front of it; a cluster is reached past it, as gossip tells its nodes. */
  private async behindProxy(url: string): Promise<string> {
    const [, before, host, port = '2113', after] =
      /^(esdb:\/\/(?:[^@/]*@)?)([^:,/?]+)(?::(\d+))?((?:\/|\?).*)?$/.exec(url) ?? [];
    if (host === undefined) return url;
    this.proxy = new FaultProxy({ host, port: Number(port) });
    return `${before}127.0.0.1:${await this.proxy.listen()}${after ?? ''}`;
  }

  private async startStandIn(nodes: number): Promise<string> {
    const control = await freePort();
    const ports = await Promise.all(Array.from({ length: nodes }, () => freePort()));
    this.controlUrl = `http://127.0.0.1:${control}`;
    const args = ['--nodes', String(nodes), '--ports', ports.join(), '--control-port', String(control)];
    const file = ['--file', join(this.root, 'eventstore.log')];
    const child = new Child('dist/libs/testing/eventstoredb/main.js', this.controlUrl, {}, [...args, ...file]);
    this.children.push(child);
    await child.ready();
    return `esdb://${ports.map((port) => `127.0.0.1:${port}`).join()}?tls=false`;
  }

  private async startSandbox(port: number): Promise<void> {
    const child = new Child(SANDBOX, `${this.sandboxUrl}/healthz`, {
      PURVEYOR_SANDBOX_PORT: String(port),
      PURVEYOR_SANDBOX_DATA_DIR: join(this.root, 'sandbox'),
      PURVEYOR_WEBHOOK_SECRET: WEBHOOK_SECRET,
      PURVEYOR_SCIM_TOKEN: TOKEN,
    });
    this.children.push(child);
    await child.ready();
  }

  /** The server program with a sub-command, or with other settings; answers what it wrote. Throws when it ends with an error. */
  async command(args: readonly string[], more: Record<string, string> = {}): Promise<string> {
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, ...this.env, ...more };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [SERVER, ...args], { env });
    return stdout + stderr;
  }

  /** What a worker with other settings says when it refuses to start; undefined when it starts. */
  async refused(more: Record<string, string> = {}): Promise<string | undefined> {
    return this.command([], { PURVEYOR_ROLES: 'worker', PURVEYOR_PORT: '0', ...more }).then(
      () => undefined,
      (error: { stderr: string }) => error.stderr,
    );
  }

  /** What a test needs to look into log and views itself. */
  get settingsOfAll() {
    const of = (name: string) => this.env[`PURVEYOR_${name}`]!;
    return {
      eventStore: of('EVENT_STORE'),
      streamPrefix: of('STREAM_PREFIX'),
      readModels: of('READ_MODELS'),
      dataDir: of('DATA_DIR'),
      vaultKey: new Uint8Array(Buffer.from(KEY, 'base64')),
    };
  }

  newDatabase(): Promise<string> {
    return this.postgres.createDatabase();
  }

  private startMember(name: string, role: RoleName, port: number): Child {
    const child = new Child(SERVER, `http://127.0.0.1:${port}/readyz`, {
      ...this.env,
      PURVEYOR_ROLES: role,
      PURVEYOR_PORT: String(port),
    });
    this.members.set(name, { role, port, child });
    return child;
  }

  /** Begins another process of the role; not ready yet. */
  async join(role: RoleName): Promise<string> {
    const name = `${role}-${this.members.size + 1}-joined`;
    this.startMember(name, role, await freePort());
    return name;
  }

  /** False for a real server: what only the stand-in can suffer is not tested there. */
  get isStandIn(): boolean {
    return this.controlUrl !== '';
  }

  /** False for a cluster: its nodes tell their own addresses, which lead past a proxy. */
  get hasNetworkFaults(): boolean {
    return this.isStandIn || this.proxy !== undefined;
  }

  names(role?: RoleName): readonly string[] {
    return [...this.members].filter(([, member]) => role === undefined || member.role === role).map(([name]) => name);
  }

  member(name: string): Child {
    return this.members.get(name)!.child;
  }

  async kill(name: string): Promise<void> {
    await this.member(name).end('SIGKILL');
  }

  /** The process stands still meanwhile; its connections do not. */
  async whileFrozen(name: string, test: () => Promise<void>): Promise<void> {
    this.member(name).freeze(true);
    try {
      await test();
    } finally {
      this.member(name).freeze(false);
    }
  }

  /** A process on the same port in place of the one that has ended. */
  restart(name: string): Child {
    const { role, port } = this.members.get(name)!;
    return this.startMember(name, role, port);
  }

  /** Of one process. */
  async readyz(name: string): Promise<Answer> {
    return request('GET', `http://127.0.0.1:${this.members.get(name)!.port}/readyz`);
  }

  async metric(name: string, metric: string): Promise<number> {
    const { text } = await request('GET', `http://127.0.0.1:${this.members.get(name)!.port}/metrics`);
    const line = text.split('\n').find((each) => each.startsWith(`${metric} `) || each.startsWith(`${metric}{`));
    return Number(line?.slice(line.lastIndexOf(' ') + 1) ?? 'NaN');
  }

  /** The worker that drives what is overdue. */
  timekeeper(): Promise<string> {
    const asked = async () => {
      for (const name of this.names('worker'))
        if (this.member(name).alive && (await this.metric(name, 'purveyor_keeps_time').catch(() => 0)) === 1)
          return name;
      return undefined;
    };
    return until(asked, (name) => name !== undefined) as Promise<string>;
  }

  /** To one api process after the other; one that does not answer is passed over. */
  async api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const apis = this.names('api');
    for (const latest = Date.now() + START_MS; ;) {
      const { port } = this.members.get(apis[this.turn++ % apis.length]!)!;
      try {
        const text = body === undefined ? undefined : JSON.stringify(body);
        const answer = await request(method, `http://127.0.0.1:${port}${path}`, text, headers);
        checkAnswer(method, path, answer);
        return answer;
      } catch (error) {
        // What fetch throws for a broken connection is a TypeError, though not of jest's own world.
        if (Date.now() > latest || (error as Error).name !== 'TypeError') throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  async fault(fault: Fault, node?: number): Promise<void> {
    if (this.proxy) this.proxy.set(fault);
    else await this.control('/fault', { fault, node });
  }

  async control(path: string, body: unknown): Promise<void> {
    const answer = await request('POST', this.controlUrl + path, JSON.stringify(body));
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  }

  /** What the next `times` requests that match are to suffer in the world outside. */
  async script(match: ScriptMatch, behaviour: Behaviour, times: number): Promise<void> {
    const answer = await request('POST', `${this.sandboxUrl}/scripts`, JSON.stringify({ match, behaviour, times }));
    if (answer.status >= 300) throw new Error(answer.text);
  }

  /** Number of the last request that the world outside has had. */
  async lastSeq(): Promise<number> {
    return (await this.ledger()).at(-1)?.seq ?? 0;
  }

  async settings(values: Partial<Settings>): Promise<void> {
    await request('PUT', `${this.sandboxUrl}/settings`, JSON.stringify(values));
  }

  async ledger(): Promise<LedgerEntry[]> {
    return (await request('GET', `${this.sandboxUrl}/ledger`)).body;
  }

  async events(stream: string): Promise<AuditEvent[]> {
    const { status, body } = await this.api('GET', `/api/audit/streams/${stream}`);
    return status === 200 ? (body.events ?? body.items ?? body) : [];
  }

  async stop(): Promise<void> {
    await Promise.all([...this.members.values()].map(({ child }) => child.end('SIGTERM')));
    await Promise.all(this.children.map((child) => child.end('SIGTERM')));
    await this.proxy?.close();
    await this.postgres.remove();
    rmSync(this.root, { recursive: true, force: true });
  }
}
