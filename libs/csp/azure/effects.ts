import type { Vault } from '#kernel';
import type { Effect } from '#runtime';
import { httpClient, type Fetch } from '../http-client.js';
import { pollEffect, postEffect } from '../stage-effect.js';
import { adminSubscription } from './admin-subscription.stage.js';
import { billingProfile } from './billing-profile.stage.js';
import { tenant } from './tenant.stage.js';

export interface AzureOptions {
  /** Origin of the CSP, with or without a path below it. */
  readonly baseUrl: string;
  readonly vault: Vault;
  readonly fetch?: Fetch;
  readonly now?: () => number;
}

/** The effects of the plan's stages against one CSP. */
export function azureEffects({ baseUrl, vault, fetch, now }: AzureOptions): readonly Effect[] {
  const client = httpClient({ fetch, now });
  const target = (path: string) => ({ client, vault, url: `${baseUrl.replace(/\/+$/, '')}/csp/azure/${path}` });
  return [
    postEffect(tenant, target('tenants')),
    postEffect(billingProfile, target('billing-profiles')),
    pollEffect(billingProfile, target('billing-profiles')),
    postEffect(adminSubscription, target('admin-subscriptions')),
  ];
}
