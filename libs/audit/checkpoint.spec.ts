import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { revision } from '#event-store';
import { chained, SimulatedStore } from '#testing';
import { checkpointText, parseCheckpoint, Signer } from './checkpoint.js';
import { verifyLogAgainst } from './verify.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d!, 'base64url');
const signer = new Signer(seed);
const place = { position: 7, count: 3, hash: 'h'.repeat(43) };
const checkpoint = signer.checkpoint('log-1', place, Date.parse('2026-05-04T12:00:00Z'));

/** Of the last of its 86 characters four bits mean nothing. */
const otherText = (signature: string) =>
  `${signature.slice(0, -1)}${{ A: 'B', Q: 'R', g: 'h', w: 'x' }[signature.at(-1)!]}`;

describe('a checkpoint', () => {
  it('is a text whose signature any ed25519 implementation can check', () => {
    const text = checkpointText(checkpoint);
    expect(text.split('\n').slice(0, 6)).toEqual([
      'purveyor-checkpoint 1',
      'log log-1',
      'position 7',
      'count 3',
      `hash ${place.hash}`,
      'time 2026-05-04T12:00:00.000Z',
    ]);
    const [signed, signature] = text.split('signature ');
    expect(verify(null, Buffer.from(signed!), publicKey, Buffer.from(signature!.trim(), 'base64url'))).toBe(true);
    expect(signer.key).toBe(publicKey.export({ format: 'jwk' }).x);
  });

  it('is read back, also with other line ends', () => {
    expect(parseCheckpoint(checkpointText(checkpoint))).toEqual(checkpoint);
    expect(parseCheckpoint(checkpointText(checkpoint).trim().replaceAll('\n', '\r\n'))).toEqual(checkpoint);
  });

  it.each([
    ['', 'no text'],
    [checkpointText(checkpoint).replace('count 3', 'count 4'), 'another count'],
    [checkpointText(checkpoint).replace('12:00', '12:01'), 'another time'],
    [`${checkpointText(checkpoint)}x`, 'more behind it'],
    [checkpointText({ ...checkpoint, signature: 'A'.repeat(86) }), 'no signature'],
    [
      checkpointText({ ...checkpoint, signature: otherText(checkpoint.signature) }),
      'the same signature in another text',
    ],
    [checkpointText({ ...checkpoint, key: 'A'.repeat(43) }), 'another key'],
    [checkpointText(checkpoint).replace('2026-05-04', '2026-99-99'), 'no time'],
  ])('is refused when it is %j', (text, _what) => {
    expect(() => parseCheckpoint(text)).toThrow(
      expect.objectContaining({ code: 'bad_checkpoint', status: 400, errors: [expect.anything()] }),
    );
  });
});

describe('a verification in parts', () => {
  it('goes on from any place in the log with the same verdict, without what it held before', async () => {
    const store = new SimulatedStore();
    const heads = new Map<string, { revision: number; hash: string }>();
    for (let n = 0; n < 1_500; n++) {
      const stream = `process-${n % 7}`;
      const head = heads.get(stream) ?? { revision: -1, hash: '' };
      const events = Array.from({ length: 1 + (n % 3) }, (_, part) => ({ type: 'Happened', data: { n, part } }));
      const next = chained(stream, head, events);
      await store.append(stream, head.revision < 0 ? 'no_stream' : revision(head.revision), next.events);
      heads.set(stream, next.head);
    }
    const evidence = { checkpoints: [], marks: new Map(), keys: new Set<string>() };
    const whole = await verifyLogAgainst(store, evidence);
    expect(whole).toMatchObject({ ok: true, events: 3_000, streams: 7, end: true });
    const signed = signer.checkpoint(store.logId, whole.progress, 0);
    const against = { ...evidence, checkpoints: [signed], keys: new Set([signer.key]) };
    let [part, parts] = [await verifyLogAgainst(store, against, { limit: 1 }), 1];
    for (; !part.end && parts < 9; parts++)
      part = await verifyLogAgainst(store, against, { from: JSON.parse(JSON.stringify(part.progress)), limit: 1 });
    expect(part).toMatchObject({ ok: true, events: 3_000, checkpoints: 1, progress: whole.progress, end: true });
    expect(parts).toBeGreaterThan(2);
  });
});
