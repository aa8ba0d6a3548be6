import { createHash } from 'node:crypto';
import { uuidFromBytes } from '#kernel';

/** Namespace of ids that derive from a process. */
const NAMESPACE = '5f0c8f5e-3c1b-5a57-9a55-6d1f1c9e2b70';

/** UUIDv5 (RFC 9562 section 5.5): the same name gives the same id. */
export function uuidV5(name: string, namespace: string = NAMESPACE): string {
  const space = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  const bytes = createHash('sha1').update(space).update(name).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return uuidFromBytes(bytes);
}
