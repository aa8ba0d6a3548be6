import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isAccessRole, type AccessRole } from './roles.js';

/** One line of the tokens file: who, what they may do, and SHA-256 of the token. */
export interface TokenEntry {
  readonly name: string;
  readonly roles: readonly AccessRole[];
  readonly hash: Uint8Array;
}

/** Names become actors in the log for ever; no space, no comma, nothing that looks like another line. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
/** SHA-256 in base64url without padding. */
const HASH = /^sha256:([A-Za-z0-9_-]{43})$/;
/** Actors that are no token's: requests without one, signed callbacks, and the server itself. */
const RESERVED = ['anonymous', 'callback', 'purveyor'];

const digest = (value: string): Buffer => createHash('sha256').update(value).digest();

/**
 * Reads `NAME ROLE[,ROLE] sha256:HASH` lines; empty ones and those that begin with # are passed over. A name may have several
 * tokens. Throws an Error that names each bad line by its number, never by its content.
 */
export function readTokenList(text: string): readonly TokenEntry[] {
  const lines = text.split(/\r?\n/).map((line, i) => ({ line: line.trim(), number: i + 1 }));
  const read = lines.filter(({ line }) => line !== '' && !line.startsWith('#')).map(entryOf);
  const faults = [...read.filter((each) => typeof each === 'string'), ...(read.length === 0 ? ['no token in it'] : [])];
  if (faults.length > 0) throw new Error(faults.join('; '));
  return read as readonly TokenEntry[];
}

/** The entry, or what is wrong with the line. */
function entryOf({ line, number }: { readonly line: string; readonly number: number }): TokenEntry | string {
  const [name = '', roles = '', hashed = '', ...more] = line.split(/\s+/);
  const granted = roles.split(',');
  if (!isName(name)) return `line ${number}: the name is 1 to 64 letters, digits and . _ @ -, and not reserved`;
  if (!granted.every(isAccessRole)) return `line ${number}: roles are read, operate and admin, with commas between`;
  const [, hash] = HASH.exec(hashed) ?? [];
  if (hash === undefined || more.length > 0)
    return `line ${number}: it ends with sha256: and 43 characters of base64url`;
  return { name, roles: granted, hash: Buffer.from(hash, 'base64url') };
}

export const isName = (text: string): boolean => NAME.test(text) && !RESERVED.includes(text);

/**
 * The entry of a presented token. Every hash is compared, each in a time that does not tell where it differs, so an answer's time
 * says neither whether nor which entry fits.
 */
export function findToken(entries: readonly TokenEntry[], token: string): TokenEntry | undefined {
  const presented = digest(token);
  let found: TokenEntry | undefined;
  for (const entry of entries) if (timingSafeEqual(entry.hash, presented)) found = entry;
  return found;
}

/** A new token of 256 random bits (so that its plain SHA-256 cannot be guessed backwards), and the line that lets it in. */
export function makeToken(name: string, role: AccessRole): { readonly value: string; readonly line: string } {
  const value = `purveyor_${randomBytes(32).toString('base64url')}`;
  return { value, line: `${name} ${role} sha256:${digest(value).toString('base64url')}` };
}
