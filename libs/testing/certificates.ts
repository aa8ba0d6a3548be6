import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** PEM texts. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const NAME = 'Purveyor test authority';
const DAY_MS = 86_400_000;

/** A certificate authority made for one test, and the certificate of a server on 127.0.0.1 that it has signed (RFC 5280). */
export function makeAuthority(): { readonly certificate: string; issue(): Certified } {
  const authority = newPair();
  const made = (of: Pair, name: string, extensions: Buffer) =>
    pem(certificate(name, of.publicKey, authority.privateKey, extensions));
  return {
    certificate: made(authority, NAME, extension('551d13', sequence(Buffer.from([0x01, 0x01, 0xff])))),
    issue() {
      const node = newPair();
      const key = node.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
      return { certificate: made(node, 'node', extension('551d11', LOOPBACK)), key };
    },
  };
}

const newPair = (): Pair => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** DER (X.690): tag, length, content. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...contents: readonly Uint8Array[]) => der(0x30, ...contents);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const time = (at: number) => der(0x18, Buffer.from(new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '')));
const commonName = (name: string) => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
const extension = (id: string, value: Buffer) => sequence(oid(id), der(0x04, value));

/** Subject alternative names: an address and a host name. */
const LOOPBACK = sequence(der(0x87, Buffer.from([127, 0, 0, 1])), der(0x82, Buffer.from('localhost')));
const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
const VERSION_3 = der(0xa0, der(0x02, Buffer.from([2])));

function certificate(name: string, of: KeyObject, by: KeyObject, extensions: Buffer): Buffer {
  const now = Date.now();
  const body = sequence(
    VERSION_3,
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    commonName(NAME),
    sequence(time(now - DAY_MS), time(now + DAY_MS)),
    commonName(name),
    of.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extensions)),
  );
  return sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), sign('sha256', body, by)));
}

/** RFC 7468: lines of 64 characters and no empty one, which OpenSSL does not read. */
const pem = (bytes: Buffer): string => {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
};
