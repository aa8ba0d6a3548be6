/** `npm run bench -- portfolios`: 22 stages against a CSP that answers at once, and 10 000 portfolios that wait for theirs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { START } from '#event-store';
import { loadConfig } from '#platform';
import type { PortfolioCommand } from '#portfolio';
import { openParts } from '../../apps/server/composition/open-parts.js';
import type { Parts } from '../../apps/server/composition/parts.js';
import { instantCsp } from './instant-csp.js';
import { closedLoop } from './statistics.js';

const WAITING = Number(process.argv[2] ?? 10_000);
const root = mkdtempSync(join(tmpdir(), 'purveyor-bench-'));

const clin = { number: '0001', type: '1', obligated_amount: 1, start_date: '2020-01-01', end_date: '2099-12-31' };
const facts = (secret: string) => ({
  domain_name: 'd',
  first_name: 'Ada',
  last_name: 'Byron',
  country_code: 'GB',
  password_recovery_email_address: 'ada@example.org',
  billing_profile_display_name: 'p',
  task_orders: [{ number: 'TO', signed: true, clins: [clin] }],
  password: secret,
  new_password: secret,
  billing_owner_password: secret,
});

/** Portfolios by the event that ends the wait for them. */
class Portfolios {
  private readonly waiting = new Map<string, () => void>();
  private constructor(
    private readonly parts: Parts,
    private readonly secret: string,
  ) {}

  static async open(directory: string, neverReady: boolean): Promise<[Portfolios, Parts]> {
    const config = loadConfig({ PURVEYOR_DATA_DIR: directory, PURVEYOR_LOG_LEVEL: 'error' });
    const parts = await openParts(config, { cspFetch: instantCsp({ neverReady }) });
    const portfolios = new Portfolios(parts, await parts.vault.put('bench', 'Bench-Passw0rd'));
    await parts.runtime.start();
    return [portfolios, parts];
  }

  /** Tells of every stream in which an event of that type is recorded, for as long as the log is open. */
  async watch(type: string, signal: AbortSignal): Promise<void> {
    for (let after = START; !signal.aborted;) {
      const page = await this.parts.store.readAll({ after });
      for (const event of page.events) if (event.type === type) this.waiting.get(event.stream)?.();
      after = page.events.at(-1)?.position ?? after;
      if (page.end) await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** One portfolio, until the event that is watched for. */
  async run(): Promise<void> {
    const { ids, runtime } = this.parts;
    const id = ids.uuid();
    const stream = `portfolio-${id}`;
    const ended = new Promise<void>((resolve) => this.waiting.set(stream, resolve));
    const command: PortfolioCommand = {
      type: 'CreatePortfolio',
      name: 'Bench',
      csp: 'azure',
      planVersion: 2,
      facts: facts(this.secret),
      advance: 'automatic',
      time: Date.now(),
    };
    await runtime.dispatch(stream, command, {
      commandId: id,
      correlationId: id,
      causationId: id,
      actor: 'bench',
      tenant: 'default',
    });
    await ended;
    this.waiting.delete(stream);
  }
}

async function measure(name: string, neverReady: boolean, type: string, runs: number, inFlight: number) {
  const [portfolios, parts] = await Portfolios.open(mkdtempSync(join(root, 'p-')), neverReady);
  const stopped = new AbortController();
  const watching = portfolios.watch(type, stopped.signal);
  const round = await closedLoop(runs, inFlight, () => portfolios.run());
  const rssMb = Math.round(process.memoryUsage().rss / 2 ** 20);
  const { held, alarms } = parts.runtime.figures;
  stopped.abort();
  await watching;
  await parts.close();
  const [perSecond, p50, p99] = [round.runsPerSecond, round.p50, round.p99].map((value) => Number(value.toFixed(1)));
  return {
    name,
    portfolios: runs,
    'per second': perSecond,
    'p50 ms': p50,
    'p99 ms': p99,
    'rss MB': rssMb,
    held,
    alarms,
  };
}

try {
  console.table([
    await measure('22 stages, one at a time', false, 'PortfolioCompleted', 30, 1),
    await measure('22 stages, 32 at once', false, 'PortfolioCompleted', 400, 32),
    await measure(`${WAITING} wait for their CSP`, true, 'ProvisioningRequested', WAITING, 64),
  ]);
} finally {
  rmSync(root, { recursive: true, force: true });
}
