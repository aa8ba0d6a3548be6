import { createPrivateKey } from 'node:crypto';

/** A key of the callback tokens: its id travels in the token, the bytes sign it. */
export interface NamedKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** Readers of configuration texts answer undefined for what is not allowed. */
export const readWhole = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

export const readSwitch = (text: string): boolean | undefined =>
  ({ on: true, off: false, true: true, false: false })[text.toLowerCase()];

/** What one CSP is spared: attempts at once, and attempts begun in a second (0: no limit). */
export interface CspLimit {
  readonly csp: string;
  readonly concurrency: number;
  readonly perSecond: number;
}

/** `csp:concurrency:perSecond`, comma separated, each CSP once. */
export function readCspLimits(text: string): readonly CspLimit[] | undefined {
  const limits = readList(text).map((part) => {
    const [, csp, concurrency, perSecond] = /^([a-z][a-z0-9_-]*):([1-9]\d{0,4}):(\d{1,5})$/.exec(part) ?? [];
    return csp === undefined ? undefined : { csp, concurrency: Number(concurrency), perSecond: Number(perSecond) };
  });
  const whole = limits.every((limit) => limit !== undefined);
  return whole && new Set(limits.map(({ csp }) => csp)).size === limits.length ? limits : undefined;
}

/** Comma list without empty parts. */
export const readList = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** `text` as a URL without a trailing slash. */
export function readHttpUrl(text: string): string | undefined {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) return undefined;
  return text.replace(/\/+$/, '');
}

/** Protocol, host and port only: everything else of RFC 4516 has settings of its own. */
export const readLdapUrl = (text: string): string | undefined =>
  /^ldaps?:\/\/(\[[0-9A-Fa-f:]+\]|[^\s/?#@:]+)(:\d{1,5})?\/?$/.test(text) ? text.replace(/\/$/, '') : undefined;

/** A dash would move the border between a stream's category and its id; the underscore at its end keeps two installations apart. */
export const readStreamPrefix = (text: string): string | undefined => (/^\w{0,31}_$/.test(text) ? text : undefined);

/** `sqlite`, or the URL of a PostgreSQL database. */
export function readReadModels(text: string): string | undefined {
  if (text === 'sqlite') return text;
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, pathname } = new URL(text);
  return /^postgres(ql)?:$/.test(protocol) && hostname !== '' && pathname.length > 1 ? text : undefined;
}

/** Base64 or base64url, strictly: Buffer would skip what it does not know. */
export function readBase64(text: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : undefined;
}

/** Seed of an ed25519 key: its 32 bytes in base64, or the private key in PEM as `openssl genpkey -algorithm ed25519` makes it. */
export function readSigningKey(text: string): Uint8Array | undefined {
  if (!text.startsWith('-----BEGIN')) return readKey(text);
  try {
    const { kty, crv, d } = createPrivateKey(text).export({ format: 'jwk' });
    return kty === 'OKP' && crv === 'Ed25519' && d !== undefined ? readKey(d) : undefined;
  } catch {
    return undefined;
  }
}

/** Public ed25519 keys, comma separated, base64url of 32 bytes each. */
export function readPublicKeys(text: string): readonly string[] | undefined {
  const keys = readList(text).map((part) => readKey(part));
  return keys.every((key) => key !== undefined) ? keys.map((key) => Buffer.from(key).toString('base64url')) : undefined;
}

export function readKey(text: string): Uint8Array | undefined {
  const key = readBase64(text);
  return key?.length === 32 ? key : undefined;
}

/** `id:base64,id:base64`: ids differ, every key has 32 bytes or more. */
export function readNamedKeys(text: string): readonly NamedKey[] | undefined {
  const keys = readList(text).map((part) => {
    const [, id, encoded] = /^([A-Za-z0-9_.-]{1,32}):(.+)$/.exec(part) ?? [];
    return { id, key: readBase64(encoded ?? '') };
  });
  const whole = keys.every((k): k is NamedKey => k.id !== undefined && (k.key?.length ?? 0) >= 32);
  return whole && keys.length > 0 && new Set(keys.map((k) => k.id)).size === keys.length ? keys : undefined;
}

/** Standard Webhooks secrets: `whsec_` and base64 of 24 to 64 bytes. */
export function readWebhookSecrets(text: string): readonly string[] | undefined {
  const secrets = readList(text);
  const good = (secret: string) => {
    const bytes = secret.startsWith('whsec_') ? (readBase64(secret.slice(6))?.length ?? 0) : 0;
    return bytes >= 24 && bytes <= 64;
  };
  return secrets.length > 0 && secrets.every(good) ? secrets : undefined;
}
