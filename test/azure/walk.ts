import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetch as undiciFetch } from 'undici';
import type { Outcome, Vault } from '#kernel';
import { azure, cspEffects, azurePlanV2, type Fetch } from '#csp';
import { buildPayload, type Stage } from '#portfolio';
import type { EffectCall } from '#runtime';
import { DEVELOPMENT_ROOT, startSandbox, type Sandbox } from '../../apps/sandbox/sandbox.js';

/** A vault in memory. */
function memoryVault(): Vault {
  const kept = new Map<string, string>();
  return {
    put: async (name, secret) => {
      kept.set(`vault:${name}#1`, secret);
      return `vault:${name}#1`;
    },
    get: async (reference) => {
      const secret = kept.get(reference);
      if (secret === undefined) throw new Error(`no ${reference}`);
      return secret;
    },
  };
}

const FACTS = {
  first_name: 'Ada',
  last_name: 'Lovelace',
  country_code: 'GB',
  password_recovery_email_address: 'ada@example.org',
  billing_profile_display_name: 'Analytical Engines',
};
const START = {
  task_order_number: 'TO-1',
  clin_number: '0001',
  clin_amount: 5,
  clin_start_date: '2020-01-01',
  clin_end_date: '2030-01-01',
};

/** The stages' effects against a sandbox in this process, one stage after the other, without a log. */
export class Walk {
  readonly results: Record<string, unknown> = {};
  private readonly vault = memoryVault();
  private constructor(
    readonly sandbox: Sandbox,
    private readonly directory: string,
    private readonly domain: string,
  ) {}

  static async begin(domain = 'walk'): Promise<Walk> {
    const directory = mkdtempSync(join(tmpdir(), 'purveyor-walk-'));
    return new Walk(await startSandbox({ port: 0, directory }), directory, domain);
  }

  async end(): Promise<void> {
    await this.sandbox.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async control(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await fetch(this.sandbox.url + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return answer.status === 204 ? undefined : answer.json();
  }

  /** Every stage in its order, each with the outcome it came to. Throws where one does not end well. */
  async all(
    through: (fetch: Fetch) => Fetch = (same) => same,
    stages: readonly Stage[] = azurePlanV2.stages,
  ): Promise<void> {
    for (const stage of stages) {
      const outcome = await this.stage(stage, through);
      if (outcome.kind !== 'done') throw new Error(`${stage.name}: ${JSON.stringify(outcome)}`);
      this.results[stage.name] = outcome.result;
    }
  }

  async stage(stage: Stage, through: (fetch: Fetch) => Fetch, generation = 1): Promise<Outcome> {
    const effects = cspEffects(azure, {
      baseUrl: this.sandbox.url,
      vault: this.vault,
      parents: async () => ({ phase: 'ABSENT' }),
      root: { ...DEVELOPMENT_ROOT, tenantId: DEVELOPMENT_ROOT.tenant },
      fetch: through((url, init) => undiciFetch(url, init)),
    });
    const input = buildPayload(stage, await this.sources());
    const call = { ...this.call(stage, generation), input };
    const run = (name: string | undefined, more: object) =>
      effects.find((effect) => effect.name === name)!.run({ ...call, input: { ...input, ...more } });
    let outcome = await run(stage.effect, {});
    for (let location = ''; outcome.kind === 'accepted' || outcome.kind === 'pending';) {
      location = outcome.location ?? location;
      outcome = await run(stage.pollEffect, { location });
    }
    return outcome;
  }

  private async sources() {
    const secrets = ['password', 'new_password', 'billing_owner_password'];
    const kept = await Promise.all(
      secrets.map(async (name) => [name, await this.vault.put(name, `Secret-of-${name}`)]),
    );
    const facts = { ...FACTS, domain_name: this.domain, ...Object.fromEntries(kept) };
    return { name: 'Walk', facts, start: START, results: this.results };
  }

  private call(stage: Stage, generation: number): EffectCall {
    const key = `${stage.name}/${generation}`;
    return {
      stream: `portfolio-${this.domain}`,
      key,
      idempotencyKey: `portfolio-${this.domain}/${key}`,
      attempt: 1,
      input: undefined,
      callbackUrl: 'http://127.0.0.1/none',
      signal: AbortSignal.timeout(20_000),
      actor: 'test',
      tenant: 'test',
      correlationId: 'test',
    };
  }
}
