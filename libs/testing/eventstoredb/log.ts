import { readFileSync, closeSync, existsSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomUUID } from 'node:crypto';

export interface ProposedRecord {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

export interface LogRecord extends ProposedRecord {
  readonly stream: string;
  readonly revision: number;
  /** Both the commit and the prepare position: a byte offset, as the server's. */
  readonly position: number;
  readonly created: number;
}

export type AppendResult =
  { readonly kind: 'success'; readonly last?: LogRecord } | { readonly kind: 'wrongVersion'; readonly current: number };

/** One line of the file: an append, all or nothing. Texts are base64, since nothing says that they are texts. */
interface Line {
  readonly stream: string;
  readonly created: number;
  readonly events: readonly { id: string; type: string; isJson: boolean; data: string; metadata: string }[];
}

const HEADER_BYTES = 64;

/** The log of the stand-in, shared by all its nodes. With a file it survives kill -9: each append is one write before it is answered. */
export class StandInLog {
  readonly all: LogRecord[] = [];
  private readonly streams = new Map<string, LogRecord[]>();
  private waiting = new Set<() => void>();
  private end = HEADER_BYTES;
  private file: number | undefined;

  constructor(path?: string) {
    if (path === undefined) return;
    mkdirSync(dirname(path), { recursive: true });
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    for (const line of whole.split('\n')) if (line !== '') this.load(JSON.parse(line) as Line);
    this.file = openSync(path, 'a');
    ftruncateSync(this.file, Buffer.byteLength(whole));
  }

  stream(name: string): readonly LogRecord[] {
    return this.streams.get(name) ?? [];
  }

  /** The server's rules of an append with an expected revision (-1 for no stream): a repeat by ids answers as the first time. */
  append(stream: string, expected: number, events: readonly ProposedRecord[]): AppendResult {
    const held = this.stream(stream);
    const current = held.length - 1;
    if (events.length === 0) return { kind: 'success' };
    if (current === expected) return { kind: 'success', last: this.write(stream, events) };
    const repeat = held.slice(expected + 1, expected + 1 + events.length);
    const same = repeat.length === events.length && repeat.every((record, i) => record.id === events[i]!.id);
    return same ? { kind: 'success', last: repeat.at(-1)! } : { kind: 'wrongVersion', current };
  }

  /** What the server writes for itself. */
  appendOwn(stream: string, type: string, data: unknown, metadata: unknown = {}): void {
    const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
    const event = { id: randomUUID(), type, isJson: type !== '$>', data: bytes(data), metadata: bytes(metadata) };
    this.write(stream, [event]);
  }

  /** `$tb` of a stream: events before it are not read any more. */
  truncatedBefore(stream: string): number {
    const latest = this.stream(`$$${stream}`).at(-1);
    return latest === undefined ? 0 : ((JSON.parse(latest.data.toString()) as { $tb?: number }).$tb ?? 0);
  }

  /** What a link stands for; its data is `revision@stream`. */
  targetOf(link: LogRecord): LogRecord | undefined {
    const text = link.data.toString();
    const at = text.indexOf('@');
    return this.stream(text.slice(at + 1))[Number(text.slice(0, at))];
  }

  /** Index of the first record behind a position. */
  indexBehind(position: number): number {
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.all[middle]!.position <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Calls back once at the next append; the answer stops waiting. */
  onNext(call: () => void): () => void {
    this.waiting.add(call);
    return () => void this.waiting.delete(call);
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private write(stream: string, events: readonly ProposedRecord[]): LogRecord {
    const created = Date.now();
    if (this.file !== undefined) {
      const encoded = events.map(({ id, type, isJson, data, metadata }) => {
        return { id, type, isJson, data: data.toString('base64'), metadata: metadata.toString('base64') };
      });
      writeSync(this.file, `${JSON.stringify({ stream, created, events: encoded } satisfies Line)}\n`);
    }
    const last = this.add(stream, created, events);
    const { waiting } = this;
    this.waiting = new Set();
    for (const wake of waiting) wake();
    return last;
  }

  private load({ stream, created, events }: Line): void {
    const decoded = events.map((event) => {
      return { ...event, data: Buffer.from(event.data, 'base64'), metadata: Buffer.from(event.metadata, 'base64') };
    });
    this.add(stream, created, decoded);
  }

  private add(stream: string, created: number, events: readonly ProposedRecord[]): LogRecord {
    const held = this.streams.get(stream) ?? [];
    this.streams.set(stream, held);
    for (const event of events) {
      const record = { ...event, stream, revision: held.length, position: this.end, created };
      this.end += HEADER_BYTES + stream.length + event.type.length + event.data.length + event.metadata.length;
      held.push(record);
      this.all.push(record);
    }
    return held.at(-1)!;
  }
}
