import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { uuidFromBytes } from '#kernel';

/** HMAC-SHA-256 of a UTF-8 text (or of bytes), base64url. */
export const hmac = (key: Uint8Array, text: string | Uint8Array): string =>
  createHmac('sha256', key).update(text).digest('base64url');

/** Equality of two texts in a time that does not tell where they differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Namespace of all ids this server derives from names. */
export const PURVEYOR_NAMESPACE = '6f6c1f0e-5d0b-5a53-9a53-3f0f3a8f2c11';

/** UUIDv5 (RFC 9562 section 5.5): the same name in the same namespace is the same id for ever. */
export function uuidV5(name: string, namespace = PURVEYOR_NAMESPACE): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  const bytes = new Uint8Array(hash.subarray(0, 16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return uuidFromBytes(bytes);
}
