import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowDefinition } from '#workflow';

export interface Texts {
  readonly [key: string]: string | Texts;
}

/** Fields that the first pages of forms have. */
const FIELDS = {
  product: 'Product',
  product_info: 'The product of the new subscription',
  subscription_id: 'Subscription',
  subscription_id_info: 'The subscription that is changed',
  customer_id: 'Customer',
  version: 'Version',
} as const;

/** What every installation has: names of fields, and what each workflow does. */
export const builtIn = (workflows: readonly WorkflowDefinition[]): Texts => ({
  forms: { fields: FIELDS },
  workflow: Object.fromEntries(workflows.map(({ key, description }) => [key, description])),
});

/** An installation's own texts go before; a language without a file has none. Throws when the file is no JSON object. */
export function ownTexts(directory: string | undefined, language: string): Texts {
  if (directory === undefined) return {};
  try {
    return JSON.parse(readFileSync(join(directory, `${language}.json`), 'utf8')) as Texts;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** `over` deep-merged into `base`. */
export function merged(base: Texts, over: Texts): Texts {
  const result: Record<string, string | Texts> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const known = result[key];
    result[key] = typeof value === 'object' && typeof known === 'object' ? merged(known, value) : value;
  }
  return result;
}
