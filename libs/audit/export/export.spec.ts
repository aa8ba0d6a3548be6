import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Corrupt, START, type StoredEvent } from '#event-store';
import { chained, SimulatedStore } from '#testing';
import { Signer, type Checkpoint } from '../checkpoint.js';
import { exportLines } from './export.js';
import { readExport } from './read.js';
import { formats, type ExportFormat } from './formats.js';
import type { ExportScope } from './sources.js';
import { SEED } from '../../testing/seed.js';

const T = Date.parse('2026-05-04T12:00:00Z');
const HOUR = 3_600_000;
const signer = new Signer(new Uint8Array(32).fill(3));
const store = new SimulatedStore();
const begun: { cause: string; stream: string; revision: number }[] = [];
const { checkExport } = (await import(new URL('../../../scripts/check-export.mjs', import.meta.url).href)) as {
  checkExport(file: string, signature: undefined, key: string): Promise<unknown>;
};
let directory: string;

/** Nine appends of two events, an hour apart, in three streams and two flows; an actor that would be a formula. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'purveyor-export-'));
  const heads = new Map<string, { revision: number; hash: string }>();
  for (let n = 0; n < 9; n++) {
    const stream = `job-${n % 3}`;
    const head = heads.get(stream) ?? { revision: -1, hash: '' };
    const about = { $correlationId: n % 2 ? 'odd' : 'even', $causationId: 'c', actor: '=1+1', time: T + n * HOUR };
    const data = { n, said: 'a "b", ü\u2028' };
    const next = chained(
      stream,
      head,
      [1, 2].map((part) => ({ type: 'Said', data: { ...data, part } })),
      about,
    );
    await store.append(stream, head.revision < 0 ? 'no_stream' : (head.revision as never), next.events);
    heads.set(stream, { ...next.head });
    begun.push({ cause: about.$correlationId, stream, revision: head.revision + 1 });
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

async function exported(scope: ExportScope, format: ExportFormat, checkpoints: readonly Checkpoint[] = []) {
  const begunBy = async (causes: readonly string[]) => begun.filter(({ cause }) => causes.includes(cause));
  const decoded = () => ({ said: '[erased]' });
  const lines: string[] = [];
  for await (const text of exportLines(
    scope,
    format,
    { store, factOf: () => undefined, begunBy, checkpoints, signer, decoded },
    T,
  ))
    lines.push(...text.split(/(?<=\n)/));
  return lines;
}

function check(lines: readonly string[], format: string, more: readonly string[] = ['--key', signer.key]) {
  const file = join(directory, `export.${format}`);
  writeFileSync(file, lines.join(''));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/check-export.mjs', file, ...more], {
    encoding: 'utf8',
  });
  return [status, `${stdout}${stderr}`.trim()] as const;
}

const SCOPES: readonly (readonly [what: string, scope: ExportScope, events: number])[] = [
  ['a stream', { stream: 'job-1' }, 6],
  ['a flow', { correlationId: 'odd' }, 8],
  ['a period', { period: { from: T + HOUR, to: T + 3 * HOUR } }, 6],
  ['the whole log', { period: {} }, 18],
];

describe.each(Object.values(formats))('an export as $name', (format) => {
  const head = format.name === 'csv' ? 1 : 0;

  it.each(SCOPES)('of %s is whole, and says what it is', async (_, scope, events) => {
    const lines = await exported(scope, format);
    expect(lines).toHaveLength(head + events + 1);
    const [status, said] = check(lines, format.name);
    expect([status, said]).toEqual([0, expect.stringMatching(new RegExp(`^whole: ${events} events of `))]);
  });

  it('shows what people may read, and no formula', async () => {
    const text = (await exported({ stream: 'job-1' }, format)).join('');
    expect(text).toContain('[erased]');
    if (format.name === 'csv') expect(text).not.toMatch(/(^|,)"?[=+\-@]/m);
  });

  it('is taken with its signature apart', async () => {
    const lines = await exported({ stream: 'job-1' }, format);
    const last = lines.at(-1)!;
    const signature =
      format.name === 'csv' ? Buffer.from(last.slice(10), 'base64url').toString() : JSON.parse(last).signature;
    const sig = join(directory, 'apart');
    writeFileSync(sig, signature);
    expect(check(lines.slice(0, -1), format.name, [sig])[0]).toBe(0);
    expect(check(lines.slice(0, -2), format.name, [sig])).toEqual([
      1,
      expect.stringContaining('5 events, and 6 were signed'),
    ]);
  });

  const at = head + 3;
  const ATTACKS: readonly (readonly [what: string, attack: (lines: string[]) => string[], line: number])[] = [
    ['a byte of data', (all) => all.with(at, all[at]!.replace('said', 'sbid')), at + 1],
    [
      'a byte of a rolling hash',
      (all) =>
        all.with(
          at,
          all[at]!.replace(/([0-9a-f])("\}|\r)?\n$/, (_m, x, end = '') => `${x === '0' ? 1 : 0}${end}\n`),
        ),
      at + 1,
    ],
    ['a line dropped', (all) => all.toSpliced(at, 1), at + 1],
    ['two lines swapped', (all) => all.with(at, all[at + 1]!).with(at + 1, all[at]!), at + 1],
    ['a line inserted', (all) => all.toSpliced(at, 0, all[at]!), at + 2],
    ['the end cut', (all) => all.slice(0, at), at],
    ['the end cut but for the signature', (all) => [...all.slice(0, at), all.at(-1)!], at + 1],
    ['the last line cut in the middle', (all) => [...all.slice(0, -1), all.at(-1)!.slice(0, 40)], head + 7],
    ['something behind the signature', (all) => [...all, all[at]!], head + 8],
    ['nothing left', () => [], 0],
  ];
  it.each(ATTACKS)('shows %s, and in which line', async (_, attack, line) => {
    const lines = await exported({ stream: 'job-1' }, format);
    const [status, said] = check(attack(lines), format.name);
    expect([status, said]).toEqual([1, expect.stringMatching(`^BROKEN at line ${line}: \\w`)]);
  });

  it('shows a bit that was flipped anywhere', async () => {
    const lines = await exported({ period: { from: T, to: T } }, format);
    const whole = Buffer.from(lines.join(''));
    process.stderr.write(`export bytes: seed ${SEED}\n`);
    const file = join(directory, `flipped.${format.name}`);
    const flipped = async (where: number, bit: number) => {
      const bytes = Buffer.from(whole);
      bytes[where] = bytes[where]! ^ (1 << bit);
      writeFileSync(file, bytes);
      const found = await checkExport(file, undefined, signer.key).catch(({ line }: { line: number }) => line);
      expect([where, bit, found]).toEqual([where, bit, expect.any(Number)]);
    };
    for (let i = 0; i < 200; i++) await flipped((SEED * 7_919 + i * 104_729) % whole.length, i % 8);
    // Base64 has bits that mean nothing, where the signature ends.
    for (let i = 1; i <= 8 * 12; i++) await flipped(whole.length - Math.ceil(i / 8), i % 8);
  });

  it('is not taken from another key, nor with lines that were made to fit', async () => {
    const lines = await exported({ stream: 'job-1' }, format);
    expect(check(lines, format.name, ['--key', new Signer(new Uint8Array(32)).key])).toEqual([
      1,
      expect.stringContaining('signed with another key'),
    ]);
    const other = await exported({ stream: 'job-2' }, format);
    expect(check([...other.slice(0, -1), lines.at(-1)!], format.name)[0]).toBe(1);
  });
});

describe('an export that is read as a log', () => {
  const written = (lines: readonly string[]): string => {
    const file = join(directory, 'read.ndjson');
    rmSync(`${file}.sig`, { force: true });
    writeFileSync(file, lines.join(''));
    return file;
  };
  const own = ({ id, type, data, metadata, stream, revision }: StoredEvent) => [
    id,
    type,
    data,
    metadata,
    stream,
    revision,
  ];

  it('has the same events, in the log and in each stream, with its signature in it or apart', async () => {
    const lines = await exported({ period: {} }, formats.ndjson);
    const apart = written(lines.slice(0, -1));
    writeFileSync(`${apart}.sig`, JSON.parse(lines.at(-1)!).signature);
    for (const file of [apart, undefined]) {
      const log = readExport(file ?? written(lines));
      const all = (await store.readAll({ after: START })).events;
      const read: StoredEvent[] = [];
      for (
        let page = await log.readAll({ after: START, limit: 7 });
        ;
        page = await log.readAll({ after: page.next, limit: 7 })
      ) {
        read.push(...page.events);
        if (page.end) break;
      }
      expect(read.map(own)).toEqual(all.map(own));
      for (const stream of ['job-0', 'job-1', 'job-2', 'job-9']) {
        const [here, there] = [await log.readStream(stream), await store.readStream(stream)];
        expect([here.events.map(own), here.end]).toEqual([there.events.map(own), true]);
        const [last] = (await log.readStream(stream, { direction: 'backwards', limit: 1 })).events;
        expect(last && own(last)).toEqual(there.events.length > 0 ? own(there.events.at(-1)!) : undefined);
      }
      await log.close();
    }
  });

  it.each<[what: string, attack: (lines: string[]) => string[]]>([
    ['a byte changed', (all) => all.with(3, all[3]!.replace('said', 'sbid'))],
    ['a line dropped', (all) => all.toSpliced(3, 1)],
    ['the end cut but for the signature', (all) => [...all.slice(0, 3), all.at(-1)!]],
    ['no signature', (all) => all.slice(0, -1)],
    ['another signature', (all) => [...all.slice(0, -1), all.at(-1)!.replace('events 6', 'events 5')]],
    ['something behind the signature', (all) => [...all, all[3]!]],
    ['the last line cut in the middle', (all) => [...all.slice(0, -2), all.at(-2)!.slice(0, 40)]],
    ['nothing left', () => []],
  ])('is refused with %s', async (_, attack) => {
    const file = written(attack(await exported({ stream: 'job-1' }, formats.ndjson)));
    expect(() => readExport(file)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });

  it('is refused where it has a stream in part, and as CSV', async () => {
    const part = written(await exported({ period: { from: T + 4 * HOUR } }, formats.ndjson));
    expect(() => readExport(part)).toThrow('has not all of job-1');
    expect(() => readExport(written([formats.csv.head]))).toThrow('no signature');
    expect(() => readExport(join(directory, 'nowhere'))).toThrow(
      expect.objectContaining({ code: 'store_unavailable' }),
    );
  });
});

describe('the source of a period', () => {
  it('begins behind the last genuine checkpoint before it', async () => {
    const hash = 'x'.repeat(43);
    const early = signer.checkpoint(store.logId, { position: 4, count: 4, hash }, T + 1.5 * HOUR);
    const forged = { ...signer.checkpoint(store.logId, { position: 16, count: 16, hash }, T + 1.6 * HOUR), count: 1 };
    const late = signer.checkpoint(store.logId, { position: 18, count: 18, hash }, T + 9 * HOUR);
    const read: number[] = [];
    const { readAll } = store;
    store.readAll = function (options) {
      read.push(options.after);
      return readAll.call(this, options);
    };
    const lines = await exported({ period: { from: T + 4 * HOUR, to: T + 4 * HOUR } }, formats.ndjson, [
      late,
      forged,
      early,
    ]);
    store.readAll = readAll;
    expect([read[0], lines.length]).toEqual([4, 3]);
  });

  it('of no stream and no flow is refused', async () => {
    await expect(exported({ stream: 'job-9' }, formats.ndjson)).rejects.toMatchObject({ code: 'not_found' });
    await expect(exported({ correlationId: 'none' }, formats.csv)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('an export of a flow', () => {
  const { readStream } = store;
  afterEach(() => void (store.readStream = readStream));
  /** The log as somebody changed it. */
  const changed = (change: (event: StoredEvent) => StoredEvent) => {
    store.readStream = async function (stream, options) {
      const page = await readStream.call(this, stream, options);
      return { ...page, events: page.events.map((event) => (event.stream === 'job-1' ? change(event) : event)) };
    };
  };
  const CHANGES: readonly (readonly [what: string, change: (event: StoredEvent) => StoredEvent])[] = [
    ['data', (event) => ({ ...event, data: event.data.replace('said', 'sbid') })],
    ['a type', (event) => ({ ...event, type: 'Denied' })],
    ['an actor', (event) => ({ ...event, metadata: event.metadata.replace('=1+1', 'me') })],
    ['an id', (event) => ({ ...event, id: event.id.replace(/^./, (x) => (x === '0' ? '1' : '0')) })],
    ['the end of the metadata', (event) => ({ ...event, metadata: `${event.metadata}}` })],
    ['all of the metadata', (event) => ({ ...event, metadata: 'null' })],
    ['a revision', (event) => ({ ...event, revision: (event.revision + 1) as never })],
  ];

  it.each(CHANGES)('is broken off before it is signed when %s of it was changed', async (_, change) => {
    changed(change);
    const refused = expect(exported({ correlationId: 'odd' }, formats.ndjson)).rejects;
    await refused.toThrow(Corrupt);
    await refused.toMatchObject({ at: { stream: 'job-1', revision: expect.any(Number) } });
    store.readStream = readStream;
    expect(await exported({ correlationId: 'odd' }, formats.ndjson)).toHaveLength(9);
  });
});
