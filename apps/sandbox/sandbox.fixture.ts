import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEVELOPMENT_SCIM_TOKEN, startSandbox, type Sandbox } from './sandbox.js';
import type { LedgerEntry } from './sandbox.types.js';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: any;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A sandbox on a free port with a directory of its own, and the calls the tests make. */
export class World {
  private constructor(
    private readonly directory: string,
    public sandbox: Sandbox,
  ) {}

  static async start(): Promise<World> {
    const directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
    return new World(directory, await startSandbox({ port: 0, directory }));
  }

  async restart(): Promise<void> {
    await this.sandbox.close();
    this.sandbox = await startSandbox({ port: 0, directory: this.directory });
  }

  async stop(): Promise<void> {
    await this.sandbox.close();
    await rm(this.directory, { recursive: true });
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const url = path.startsWith('http') ? path : this.sandbox.url + path;
    const signal = headers['x-limit'] === undefined ? null : AbortSignal.timeout(Number(headers['x-limit']));
    const answer = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      signal,
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: tryJson(text) };
  }

  create(kind: string, key: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    return this.call('POST', `/csp/azure/${kind}`, body, { 'idempotency-key': key, ...headers });
  }

  scim(method: string, path: string, body?: unknown): Promise<Reply> {
    return this.call(method, `/scim/v2${path}`, body, { authorization: `Bearer ${DEVELOPMENT_SCIM_TOKEN}` });
  }

  async script(behaviour: unknown, match: unknown = {}, times = 1): Promise<void> {
    const reply = await this.call('POST', '/scripts', { match, times, behaviour });
    if (reply.status !== 201) throw new Error(reply.text);
  }

  async ledger(query = ''): Promise<LedgerEntry[]> {
    return (await this.call('GET', `/ledger${query}`)).body as LedgerEntry[];
  }

  /** A tenant and a billing profile that are finished, for what needs parents. */
  async parents(): Promise<{ tenantId: string; billingProfileId: string }> {
    const tenantId = (await this.create('tenants', 'parent-1', tenant('parent'))).body.tenantId as string;
    await this.script({ kind: 'instant' });
    const profile = await this.create('billing-profiles', 'parent-2', { tenantId, displayName: 'parent' });
    return { tenantId, billingProfileId: profile.body.billingProfileId as string };
  }
}

export function tenant(domainName: string) {
  return {
    userId: 'admin',
    password: 'Secret-1',
    domainName,
    firstName: 'Ada',
    lastName: 'Byron',
    countryCode: 'US',
    passwordRecoveryEmailAddress: 'ada@example.com',
  };
}

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Somebody who waits for callbacks; answers with the statuses given, then 202. */
export class Listener {
  readonly received: Received[] = [];
  private constructor(
    readonly url: string,
    readonly close: () => Promise<void>,
    private readonly waiters: (() => void)[],
  ) {}

  static async start(...statuses: number[]): Promise<Listener> {
    const waiters: (() => void)[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        listener.received.push({ headers: request.headers, body });
        response.writeHead(statuses.shift() ?? 202).end();
        for (const waiter of waiters.splice(0)) waiter();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
    const listener = new Listener(url, close, waiters);
    return listener;
  }

  /** Resolves when that many callbacks have come. */
  async count(wanted: number): Promise<Received[]> {
    while (this.received.length < wanted) await new Promise<void>((resolve) => this.waiters.push(resolve));
    return this.received;
  }
}
