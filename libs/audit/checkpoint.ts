import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { Refusal } from '#kernel';
import type { Place } from './walk.js';

/** What is attested: that the first `count` events of this log, up to `position`, hash to `hash`. */
export interface Checkpoint extends Place {
  readonly log: string;
  /** When it was signed, ms since the epoch. */
  readonly time: number;
  /** Public ed25519 key, base64url of its 32 bytes. */
  readonly key: string;
  /** Over the text before it, base64url. */
  readonly signature: string;
}

/** RFC 8410 section 7: what stands before the 32 bytes of an ed25519 key in PKCS #8, and section 4: in SubjectPublicKeyInfo. */
const PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC = Buffer.from('302a300506032b6570032100', 'hex');

/** Signs checkpoints with the ed25519 key of a 32-byte seed (RFC 8032). */
export class Signer {
  /** Public key, base64url of 32 bytes. */
  readonly key: string;
  private readonly private: KeyObject;

  constructor(seed: Uint8Array) {
    this.private = createPrivateKey({ key: Buffer.concat([PRIVATE, seed]), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.private).export({ format: 'der', type: 'spki' });
    this.key = spki.subarray(PUBLIC.length).toString('base64url');
  }

  checkpoint(log: string, { position, count, hash }: Place, time: number): Checkpoint {
    const unsigned = { log, position, count, hash, time, key: this.key, signature: '' };
    return { ...unsigned, signature: this.sign(attested(unsigned)) };
  }

  /** base64url of 64 bytes. */
  sign(text: string): string {
    return sign(null, Buffer.from(text), this.private).toString('base64url');
  }
}

/** Whether the signature over the text is that of the key; false for what is no key or signature too. */
export function isSignedBy(key: string, text: string, signature: string): boolean {
  const bytes = Buffer.from(key, 'base64url');
  if (bytes.length !== 32) return false;
  const object = createPublicKey({ key: Buffer.concat([PUBLIC, bytes]), format: 'der', type: 'spki' });
  const made = Buffer.from(signature, 'base64url');
  // Decoding passes over bits that nothing depends on: a signature has one text only.
  return made.toString('base64url') === signature && verify(null, Buffer.from(text), object, made);
}

const HEADER = 'purveyor-checkpoint 1';

/** What is signed: lines of a name and a value, to the letter. */
const attested = ({ log, position, count, hash, time, key }: Checkpoint): string =>
  `${HEADER}\nlog ${log}\nposition ${position}\ncount ${count}\nhash ${hash}\ntime ${new Date(time).toISOString()}\nkey ${key}\n`;

/** A checkpoint as people keep and print it. */
export const checkpointText = (checkpoint: Checkpoint): string =>
  `${attested(checkpoint)}signature ${checkpoint.signature}\n`;

const TEXT = new RegExp(
  `^${HEADER}\\nlog (\\S{1,100})\\nposition (\\d{1,16})\\ncount (\\d{1,16})\\nhash ([\\w-]{43})\\n` +
    'time (\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z)\\nkey ([\\w-]{43})\\nsignature ([\\w-]{86})\\n?$',
);

/** Reads {@link checkpointText}; line ends may have become those of Windows. Refusal `bad_checkpoint` 400, also where the signature does not fit. */
export function parseCheckpoint(text: string): Checkpoint {
  const found = TEXT.exec(text.replaceAll('\r\n', '\n'));
  const [, log, position, count, hash, time, key, signature] = found ?? [];
  if (!log || !hash || !key || !signature || !time || Number.isNaN(Date.parse(time))) throw bad('is not a checkpoint');
  const place = { position: Number(position), count: Number(count), hash };
  const checkpoint = { log, ...place, time: Date.parse(time), key, signature };
  if (!isGenuine(checkpoint)) throw bad('is not what its key has signed');
  return checkpoint;
}

export const isGenuine = (checkpoint: Checkpoint): boolean =>
  isSignedBy(checkpoint.key, attested(checkpoint), checkpoint.signature);

const bad = (message: string): Refusal =>
  new Refusal('bad_checkpoint', 400, `the checkpoint ${message}`, {}, [{ pointer: '/checkpoint', message }]);
