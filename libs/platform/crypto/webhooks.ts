import { Webhook } from 'standardwebhooks';
import { sameText } from './hashes.js';

/** Standard Webhooks: how far sender's and receiver's clocks may differ, in ms. */
const TOLERANCE = 5 * 60 * 1000;

export interface WebhookHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/** Headers for a body that is sent to the letter. With several secrets it carries a signature of each, so that they can be rotated. */
export function signWebhook(
  secrets: readonly string[],
  message: { readonly id: string; readonly time: number; readonly body: string },
): WebhookHeaders {
  const signatures = secrets.map((secret) =>
    new Webhook(secret).sign(message.id, new Date(message.time), message.body),
  );
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(Math.floor(message.time / 1000)),
    'webhook-signature': signatures.join(' '),
  };
}

export type WebhookCheck =
  | { readonly ok: true; readonly id: string }
  | {
      readonly ok: false;
      readonly reason: 'headers_missing' | 'timestamp_malformed' | 'too_old' | 'too_new' | 'no_matching_signature';
    };

/**
 * Whether one of the active secrets signed this raw body. Header names are lower case, as Node gives them; `now` is ms since the epoch.
 * The time is checked here rather than by the package, which reads the system clock.
 */
export function verifyWebhook(
  secrets: readonly string[],
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  rawBody: string | Uint8Array,
  now: number,
): WebhookCheck {
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string' || id === '')
    return { ok: false, reason: 'headers_missing' };
  if (!/^\d{1,12}$/.test(timestamp)) return { ok: false, reason: 'timestamp_malformed' };
  const time = Number(timestamp) * 1000;
  if (Math.abs(now - time) > TOLERANCE) return { ok: false, reason: time < now ? 'too_old' : 'too_new' };
  const body = typeof rawBody === 'string' ? rawBody : Buffer.from(rawBody).toString('utf8');
  const given = signature.split(' ').filter((part) => part.startsWith('v1,'));
  const matches = secrets.some((secret) => {
    const wanted = new Webhook(secret).sign(id, new Date(time), body);
    return given.some((part) => sameText(part, wanted));
  });
  return matches ? { ok: true, id } : { ok: false, reason: 'no_matching_signature' };
}
