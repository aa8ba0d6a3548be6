import { isIP } from 'node:net';
import { readHttpUrl, readList, readWebhookSecrets } from './read.js';

/** An external provisioner behind the HTTP contract. Without secrets of its own it signs with PURVEYOR_WEBHOOK_SECRETS. */
export interface ProvisionerSetting {
  readonly type: string;
  readonly endpoint: string;
  /** Two while they are rotated. */
  readonly secrets?: readonly string[];
  readonly deadlineSeconds?: number;
  readonly attempts?: number;
  /** Whether GET {endpoint}/requests/{Idempotency-Key} tells how a request stands. */
  readonly probe?: boolean;
  readonly onDeadline?: 'retry' | 'fail' | 'alert';
  readonly concurrency?: number;
}

const positive = (value: unknown, whole: boolean): boolean =>
  typeof value === 'number' && value > 0 && (!whole || Number.isInteger(value));

const CHECKS: Readonly<Record<keyof ProvisionerSetting, (value: unknown) => boolean>> = {
  type: (value) => typeof value === 'string' && value !== '',
  endpoint: (value) => typeof value === 'string' && readHttpUrl(value) !== undefined,
  secrets: (value) => Array.isArray(value) && readWebhookSecrets(value.join(',')) !== undefined,
  deadlineSeconds: (value) => positive(value, false),
  attempts: (value) => positive(value, true),
  probe: (value) => typeof value === 'boolean',
  onDeadline: (value) => value === 'retry' || value === 'fail' || value === 'alert',
  concurrency: (value) => positive(value, true),
};

/** A JSON array of settings with different types; unknown fields are refused. */
export function readProvisioners(text: string): readonly ProvisionerSetting[] | undefined {
  const read = parse(text);
  if (!Array.isArray(read) || !read.every(isSetting)) return undefined;
  return new Set(read.map(({ type }) => type)).size === read.length ? read : undefined;
}

function isSetting(value: unknown): value is ProvisionerSetting {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('endpoint' in value)) return false;
  return Object.entries(value).every(
    ([name, field]) => Object.hasOwn(CHECKS, name) && CHECKS[name as keyof ProvisionerSetting](field),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Host names, `*.domain` and networks. */
export function readOutgoing(text: string): readonly string[] | undefined {
  const entries = readList(text);
  const good = (entry: string) => {
    const [net = '', prefix = '0'] = entry.split('/');
    if (isIP(net) > 0) return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (isIP(net) === 4 ? 32 : 128);
    return /^(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/.test(entry);
  };
  return entries.every(good) ? entries : undefined;
}
