import type { Vault } from '#kernel';
import type { Effect } from '#runtime';
import { httpClient, type Fetch } from '../http-client.js';
import { stageEffects } from '../stage-effects.js';
import { azureAccess, type RootCredential } from './access.js';
import { azurePlans } from './plans.js';

export interface AzureOptions {
  /** Origin of the CSP, with or without a path below it. */
  readonly baseUrl: string;
  readonly vault: Vault;
  /** Our own service principal. */
  readonly root: RootCredential;
  readonly fetch?: Fetch;
  readonly now?: () => number;
}

/** The effects of all stages of all versions against one CSP. */
export function azureEffects({ baseUrl, vault, root, fetch, now = Date.now }: AzureOptions): readonly Effect[] {
  const client = httpClient({ fetch, now });
  const base = baseUrl.replace(/\/+$/, '');
  const [arm, graph, login] = ['arm', 'graph', 'login'].map((name) => `${base}/csp/azure/${name}`) as [
    string,
    string,
    string,
  ];
  const access = azureAccess({ client, login, root, now });
  const target = { client, vault, access, endpoints: { azure: base, arm, graph } };
  return azurePlans.flatMap((plan) => plan.stages).flatMap((stage) => stageEffects(stage, target));
}
