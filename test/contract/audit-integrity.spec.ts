import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Attestor,
  openCheckpointFile,
  Signer,
  verifyLogAgainst,
  verifyScope,
  type CheckpointFile,
  type Evidence,
  type Scope,
  type ScopeProgress,
} from '#audit';
import { chained } from '#testing';
import { revision } from '#event-store';
import { embeddedLog, rechained, standInLog, type OpenLog, type Stored, type Tamper } from './audit-logs.js';

const signer = new Signer(new Uint8Array(32).fill(9));
const T = Date.parse('2026-05-04T12:00:00Z');

/** Four streams, twelve appends of two events in turn. */
async function write({ store }: OpenLog, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) {
    const stream = `process-${n % 4}`;
    const head = heads.get(stream) ?? { revision: -1, hash: '' };
    const two = [1, 2].map((part) => ({ type: 'Happened', data: { n, part } }));
    const next = chained(stream, head, two);
    await store.append(stream, head.revision < 0 ? 'no_stream' : revision(head.revision), next.events);
    heads.set(stream, next.head);
  }
}
let heads: Map<string, { revision: number; hash: string }>;

const only = (stream: string) => (append: Stored) => append.stream === stream;
const changed =
  (at: number, change: (append: Stored) => Stored): Tamper =>
  (appends) =>
    appends.map((append, i) => (i === at ? change(append) : append));
const withText =
  (field: 'data' | 'metadata', from: string, to: string) =>
  (append: Stored): Stored => ({
    ...append,
    events: append.events.map((event) => ({ ...event, [field]: event[field].replace(from, to) })),
  });
const fresh = (stream: string): Stored => ({
  stream,
  events: chained(stream, { revision: -1, hash: '' }, [{ type: 'Happened', data: { forged: true } }]).events,
});

/** What somebody did to the file, and the stream of the first bad event where it can be told to the event. */
const TAMPERS: readonly (readonly [what: string, tamper: Tamper, stream?: string])[] = [
  ['a byte of data', changed(5, withText('data', '"n":5', '"n":6')), 'process-1'],
  ['a byte of metadata', changed(6, withText('metadata', 'test', 'tesu')), 'process-2'],
  ['the hash before an append', changed(6, withText('metadata', '"prev":"', '"prev":"x')), 'process-2'],
  ['an append dropped from the middle of a stream', (appends) => appends.filter((_, i) => i !== 5), 'process-1'],
  ['the end of one stream dropped', (appends) => appends.filter((_, i) => i !== 11)],
  ['a whole stream dropped', (appends) => appends.filter((append) => !only('process-2')(append))],
  ['two appends of different streams swapped', (all) => [...all.slice(0, 4), all[5]!, all[4]!, ...all.slice(6)]],
  ['two appends of one stream swapped', (all) => [all[4]!, ...all.slice(1, 4), all[0]!, ...all.slice(5)]],
  ['a stream inserted', (all) => [...all.slice(0, 3), fresh('process-9'), ...all.slice(3)]],
  [
    'an append inserted with the chain made whole',
    (all) => rechained([...all.slice(0, 6), fresh('process-3'), ...all.slice(6)], 'process-3'),
  ],
  [
    'a stream written anew with the chain made whole',
    (all) => rechained(changed(0, withText('data', '"n":0', '"n":7'))(all), 'process-0'),
  ],
  ['the tail cut', (appends) => appends.slice(0, 10)],
  ['everything cut', () => []],
];

describe.each([
  ['the embedded log', embeddedLog],
  ['EventStoreDB (stand-in)', standInLog],
])('signed checkpoints of %s', (_name, open) => {
  let log: OpenLog;
  let directory: string;
  let file: CheckpointFile;
  beforeEach(async () => {
    heads = new Map();
    directory = mkdtempSync(join(tmpdir(), 'purveyor-checkpoints-'));
    log = await open();
    file = openCheckpointFile(directory, log.store.logId);
    const attestor = new Attestor(log.store, file, signer);
    await write(log, 0, 8);
    await attestor.attest(T);
    await write(log, 8, 12);
    await attestor.attest(T + 1_000);
    await write(log, 12, 13);
  });
  afterEach(async () => {
    file.close();
    await log.close();
    rmSync(directory, { recursive: true });
  });

  const evidence = (): Evidence => ({
    checkpoints: file.checkpoints(),
    marks: file.marks(),
    keys: new Set([signer.key]),
  });
  const verify = () => verifyLogAgainst(log.store, evidence());

  it('hold of a log that nobody changed, opened again too', async () => {
    const whole = { ok: true, streams: 4, events: 26, checkpoints: 2, end: true };
    expect(await verify()).toMatchObject(whole);
    await log.tamper((appends) => appends);
    expect(await verify()).toMatchObject(whole);
  });

  it.each(TAMPERS.map(([what, tamper, stream]) => ({ what, tamper, stream })))(
    'find $what',
    async ({ tamper, stream }) => {
      await log.tamper(tamper);
      const { ok, firstBad } = await verify();
      expect(ok).toBe(false);
      expect(firstBad?.reason).toMatch(/\w/);
      if (stream !== undefined) expect(firstBad?.stream).toBe(stream);
    },
  );

  it('name what they attest where every chain is whole', async () => {
    await log.tamper((appends) => appends.slice(0, 10));
    const reason =
      'the log ends after 20 events, the checkpoint of 2026-05-04T12:00:01.000Z at position \\d+ attests 24';
    expect((await verify()).firstBad).toMatchObject({
      stream: '',
      revision: -1,
      reason: expect.stringMatching(reason),
    });
  });

  it('are not signed behind a bad event, and go on once it is whole again', async () => {
    const bad = changed(12, withText('data', '"part":2', '"part":3'));
    await log.tamper(bad);
    const attestor = () => new Attestor(log.store, file, signer);
    await expect(attestor().attest(T + 2_000)).rejects.toMatchObject({ code: 'corrupt', at: { stream: 'process-0' } });
    expect(file.checkpoints()).toHaveLength(2);
    await log.tamper(changed(12, withText('data', '"part":3', '"part":2')));
    expect(await attestor().attest(T + 3_000)).toMatchObject({ count: 26, time: T + 3_000 });
    expect(await attestor().attest(T + 4_000)).toMatchObject({ count: 26, time: T + 3_000 });
    expect(await verify()).toMatchObject({ ok: true, checkpoints: 3 });
  });

  it('do not hold when another key has signed them, or they are those of another log', async () => {
    const forger = new Signer(new Uint8Array(32).fill(1));
    const forged = forger.checkpoint(log.store.logId, file.checkpoints()[0]!, T);
    const other = signer.checkpoint('another', file.checkpoints()[0]!, T);
    for (const [checkpoint, reason] of [
      [forged, /unknown key/],
      [other, /of the log another/],
      [{ ...file.checkpoints()[0]!, count: 1 }, /not what its key has signed/],
    ] as const) {
      const { ok, firstBad } = await verifyLogAgainst(log.store, { ...evidence(), checkpoints: [checkpoint] });
      expect([ok, firstBad?.reason]).toEqual([false, expect.stringMatching(reason)]);
    }
  });

  describe.each<Scope>([{ stream: 'process-1' }, { category: 'process' }])('the chains of %j alone', (scope) => {
    /** Part by part, each of three events. */
    async function inParts() {
      let from: ScopeProgress = { at: 0, count: 0 };
      for (let parts = 1; ; parts++) {
        const { progress, end, ...verdict } = await verifyScope(log.store, scope, { from, limit: 3 });
        if (end || !verdict.ok) return { parts, ...verdict };
        from = progress;
      }
    }

    it('are whole, at once and in parts', async () => {
      const events = 'stream' in scope ? 6 : 26;
      const whole = await verifyScope(log.store, scope);
      expect(whole).toMatchObject({ ok: true, events, end: true, streams: 'stream' in scope ? 1 : 4 });
      const { parts, ...last } = await inParts();
      expect(parts).toBeGreaterThan(1);
      expect(last).toMatchObject({ ok: true, events });
    });

    it.each(TAMPERS.flatMap(([what, tamper, stream]) => (stream === 'process-1' ? [{ what, tamper }] : [])))(
      'show $what, at once and in parts',
      async ({ tamper }) => {
        await log.tamper(tamper);
        const { ok, firstBad } = await verifyScope(log.store, scope);
        expect([ok, firstBad?.stream]).toEqual([false, 'process-1']);
        const { revision: bad } = firstBad!;
        // Why may be said otherwise: a part sees of what is before it the last append only.
        const reason = expect.stringContaining(`process-1@${bad}`);
        expect(await inParts()).toMatchObject({ ok: false, firstBad: { stream: 'process-1', revision: bad, reason } });
      },
    );

    it('of others do not matter to a stream', async () => {
      await log.tamper(changed(6, withText('data', '"n":6', '"n":9')));
      expect(await verifyScope(log.store, scope)).toMatchObject({ ok: 'stream' in scope });
    });
  });
});
