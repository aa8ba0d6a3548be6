import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetch as undiciFetch } from 'undici';
import type { Outcome } from '#kernel';
import { azurePlanV2, type Fetch } from '#csp';
import { Walk } from './walk.js';

type Sent = { readonly url: string; readonly init: Parameters<Fetch>[1] };

/** The same request with one thing wrong, by what that is. */
const ALTERED: Record<string, (sent: Sent) => Sent | undefined> = {
  path: ({ url, init }) => ({ url: url.replace(/\/(providers|v1\.0|beta)\/([A-Za-z]+)/, '/$1/$2Odd'), init }),
  'api-version': ({ url, init }) => ({
    url: url.replace(/api-version=[^&]+/, 'api-version=1999-01-01').replace(/\/(v1\.0|beta)\//, '/v0.9/'),
    init,
  }),
  token: ({ url, init }) => ({
    url,
    init: { ...init, headers: { ...init.headers, authorization: 'Bearer of-nobody' } },
  }),
  body: ({ url, init }) => (init.body === undefined ? undefined : { url, init: { ...init, body: renamed(init.body) } }),
};

/** The first field under another name. */
const renamed = (body: string): string => body.replace(/"([A-Za-z]+)":/, '"$1Odd":');

interface Trial {
  readonly stage: string;
  readonly request: string;
  readonly alteration: string;
  readonly status: number;
}

describe('the sandbox takes the calls of the 22 stages as they are and no other way', () => {
  let walk: Walk;
  const trials: Trial[] = [];
  const repeats: Outcome[] = [];
  let stage = '';

  /** Sends every alteration before the real request, each under a key of its own. */
  const trying =
    (real: Fetch): Fetch =>
    async (url, init) => {
      if (/\/csp\/azure\/(arm|graph)\//.test(url))
        for (const [alteration, alter] of Object.entries(ALTERED)) {
          const sent = alter({ url, init });
          if (sent === undefined) continue;
          const headers = { ...sent.init.headers, 'idempotency-key': `trial-${trials.length}` };
          const answer = await undiciFetch(sent.url, { ...sent.init, headers });
          await answer.text();
          trials.push({ stage, request: `${init.method} ${new URL(url).pathname}`, alteration, status: answer.status });
        }
      return real(url, init);
    };

  beforeAll(async () => {
    walk = await Walk.begin();
    await walk.control('PUT', '/settings', { pollsBeforeDone: 1, retryAfterSeconds: 0 });
    for (const one of azurePlanV2.stages) {
      stage = one.name;
      await walk.all(trying, [one]);
      if (one.calls?.length === 1 && one.calls[0]!.method === 'POST')
        repeats.push(await walk.stage(one, (same) => same, 2));
    }
  }, 60_000);
  afterAll(() => walk?.end());

  it.each(azurePlanV2.stages.map(({ name }) => name))('%s', (name) => {
    const own = trials.filter((trial) => trial.stage === name);
    const withBody = azurePlanV2.stages
      .find((one) => one.name === name)
      ?.calls?.some((call) => call.body !== undefined);
    const wanted = ['path', 'api-version', 'token', ...(withBody ? ['body'] : [])];
    expect([...new Set(own.map((trial) => trial.alteration))]).toEqual(wanted);
    expect(own.filter(({ status }) => status < 400)).toEqual([]);
    expect(own.filter(({ alteration, status }) => alteration === 'token' && status !== 401)).toEqual([]);
  });

  it('nothing that was altered changed anything', async () => {
    const applied = (await walk.control('GET', '/ledger?applied=true')) as { key: string }[];
    expect(applied.length).toBeGreaterThanOrEqual(22);
    expect(applied.filter(({ key }) => key.startsWith('trial-'))).toEqual([]);
  });

  it('no create is repeated without the same key', async () => {
    expect(repeats.length).toBeGreaterThanOrEqual(7);
    for (const outcome of repeats) expect(outcome).toMatchObject({ failure: { kind: 'refused', status: 409 } });
    const applied = (await walk.control('GET', '/ledger?applied=true')) as { key: string }[];
    expect(applied.filter(({ key }) => /\/2(\/|$)/.test(key))).toEqual([]);
  });

  it('the administrator cannot sign in any more after the reset', async () => {
    const app = azurePlanV2.stages.find(({ name }) => name === 'TENANT_PRINCIPAL_APP')!;
    expect(await walk.stage(app, (same) => same, 3)).toMatchObject({ failure: { code: 'invalid_grant' } });
  });
});
