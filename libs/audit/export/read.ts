import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { position, StoreError, type EventStore, type Position, type StoredEvent, type StreamName } from '#event-store';
import { isSignedBy } from '../checkpoint.js';

/** Where a line is in the file, in bytes. */
interface Place {
  readonly offset: number;
  readonly length: number;
}

const LINE = /^(.*),"rolling":"([0-9a-f]{64})"\}$/s;
const SIGNED =
  /^((purveyor-export 1\nlog (\S+)\nof [^\n]+\nformat ndjson\n)events (\d+)\nrolling ([0-9a-f]{64})\ntime \S+\nkey ([\w-]{43})\n)signature ([\w-]{86})\n$/;
/** Bytes that are read at once; a signature is far shorter. */
const CHUNK = 1 << 16;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const bad = (why: string) => new StoreError('corrupt', `the export ${why}`);

interface Index {
  /** All lines, in the order of the log. */
  readonly places: readonly Place[];
  /** Which of them have a stream's events. */
  readonly streams: ReadonlyMap<StreamName, readonly number[]>;
}

/**
 * A signed export in NDJSON, its signature in the last line or in `FILE.sig`, as a log to read; in memory is only where its lines are. Positions
 * are those of its lines, from 1. Throws StoreErrors: `store_unavailable` where there is no such file, `corrupt` where a line is not the one that was signed, or where
 * a stream is there in part. Whose key it is, and that events are those their ids were made from, scripts/check-export.mjs says.
 */
export function readExport(file: string): EventStore {
  if (!existsSync(file)) throw new StoreError('store_unavailable', `there is no file ${file}`);
  const descriptor = openSync(file, 'r');
  try {
    const signed = signedBy(descriptor, file);
    return new ExportReader(signed.log, descriptor, indexOf(descriptor, signed));
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

class ExportReader implements EventStore {
  constructor(
    readonly logId: string,
    private readonly descriptor: number,
    private readonly index: Index,
  ) {}

  async readStream(stream: StreamName, { from, direction = 'forwards', limit = 500 }: StreamRange = {}) {
    const all = this.index.streams.get(stream) ?? [];
    const ordered = direction === 'forwards' ? all.slice(from ?? 0) : all.slice(0, (from ?? all.length) + 1).reverse();
    return { events: ordered.slice(0, limit).map((n) => this.event(n)), end: ordered.length <= limit };
  }

  async readAll({ after, limit = 500 }: { readonly after: Position; readonly limit?: number }) {
    const next = Math.min(after + limit, this.index.places.length);
    const events = this.index.places.slice(after, next).map((_, i) => this.event(after + i));
    return { events, next: position(next), end: next === this.index.places.length };
  }

  async head(): Promise<Position> {
    return position(this.index.places.length);
  }

  append(): Promise<never> {
    return Promise.reject(new StoreError('store_refused', 'an export is only read'));
  }

  subscribe(): never {
    throw new StoreError('store_refused', 'an export is only read');
  }

  async close(): Promise<void> {
    closeSync(this.descriptor);
  }

  private event(n: number): StoredEvent {
    const line = JSON.parse(textAt(this.descriptor, this.index.places[n]!)) as StoredEvent;
    const { id, type, data, metadata, stream, revision } = line;
    return { id, type, data, metadata, stream, revision, position: position(n + 1) };
  }
}
type StreamRange = NonNullable<Parameters<EventStore['readStream']>[1]>;

interface Signed {
  readonly log: string;
  readonly about: string;
  readonly events: number;
  readonly rolling: string;
}

function signedBy(descriptor: number, file: string): Signed {
  const found = SIGNED.exec(
    existsSync(`${file}.sig`) ? readFileSync(`${file}.sig`, 'utf8') : lastSignature(descriptor),
  );
  const [, text, about, log, events, rolling, key, signature] = found ?? [];
  if (!text || !about || !log || !rolling || !key || !signature) throw bad('has no signature of an export in NDJSON');
  if (!isSignedBy(key, text, signature)) throw bad('is not what its key has signed');
  return { log, about, events: Number(events), rolling };
}

function lastSignature(descriptor: number): string {
  const { size } = fstatSync(descriptor);
  const offset = Math.max(0, size - CHUNK);
  const last = textAt(descriptor, { offset, length: size - offset })
    .trimEnd()
    .split('\n')
    .at(-1)!;
  return isEnd(last) ? (JSON.parse(last) as { signature: string }).signature : '';
}

const isEnd = (line: string): boolean => /^\{"signature":"[^"]*"\}$/.test(line);

/** Goes along all lines once: each has a hash over all before it. */
function indexOf(descriptor: number, { about, events, rolling: last }: Signed): Index {
  const streams = new Map<StreamName, number[]>();
  const places: Place[] = [];
  let rolling = sha256(about);
  for (const [line, place] of linesOf(descriptor)) {
    if (isEnd(line)) continue;
    const text = `${LINE.exec(line)?.[1]}}`;
    rolling = sha256(`${rolling}\n${text}`);
    if (line !== `${text.slice(0, -1)},"rolling":"${rolling}"}`) throw bad(`is broken at line ${places.length + 1}`);
    const { stream, revision } = JSON.parse(text) as StoredEvent;
    const own = streams.get(stream) ?? [];
    if (revision !== own.length) throw bad(`has not all of ${stream}`);
    streams.set(stream, own);
    own.push(places.push(place) - 1);
  }
  if (places.length !== events || rolling !== last) throw bad(`has ${places.length} events, and ${events} were signed`);
  return { places, streams };
}

function* linesOf(descriptor: number): Generator<readonly [string, Place]> {
  const { size } = fstatSync(descriptor);
  let [rest, offset] = [Buffer.alloc(0), 0];
  for (let at = 0; at < size; at += CHUNK) {
    const chunk = bytesAt(descriptor, { offset: at, length: Math.min(CHUNK, size - at) });
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield [rest.toString('utf8', 0, end), { offset, length: end }];
      offset += end + 1;
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) throw bad('ends in the middle of a line');
}

function bytesAt(descriptor: number, { offset, length }: Place): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(length);
  const read = readSync(descriptor, bytes, 0, length, offset);
  return bytes.subarray(0, read);
}

const textAt = (descriptor: number, place: Place): string => bytesAt(descriptor, place).toString('utf8');
