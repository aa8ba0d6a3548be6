import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainHash, eventId, openEmbeddedStore, type EncodedEvent, type EventStore } from '#event-store';
import { openEventStoreDb } from '../../libs/event-store/eventstoredb/index.js';
import { startEventStoreStandIn, type EventStoreStandIn } from '../../libs/testing/eventstoredb/index.js';

/** One append as somebody with access to the file sees it. `hash` and `revision` are what the file says; without them it is written to fit. */
export interface Stored {
  readonly stream: string;
  readonly events: readonly EncodedEvent[];
  readonly revision?: number;
  readonly hash?: string;
}

export type Tamper = (appends: readonly Stored[]) => readonly Stored[];

/** A log whose file can be changed behind its back. */
export interface OpenLog {
  store: EventStore;
  /** Closes the log, changes its file, and opens it again. */
  tamper(change: Tamper): Promise<void>;
  close(): Promise<void>;
}

const prevOf = ({ metadata }: EncodedEvent) => (JSON.parse(metadata) as { prev: string }).prev;

/** The chain of a stream made whole again, as by somebody who knows how it is made. */
export function rechained(appends: readonly Stored[], stream: string): readonly Stored[] {
  let [hash, revision] = ['', -1];
  return appends.map((append) => {
    if (append.stream !== stream) return append;
    const prev = hash;
    const events = append.events.map((event) => {
      const metadata = event.metadata.replace(/"prev":"[^"]*"/, `"prev":"${prev}"`);
      hash = chainHash(hash, stream, ++revision, event.type, event.data, metadata);
      return { ...event, metadata, id: eventId(hash) };
    });
    return { stream, events };
  });
}

export async function embeddedLog(): Promise<OpenLog> {
  const directory = mkdtempSync(join(tmpdir(), 'purveyor-audit-'));
  const open = () => openEmbeddedStore({ directory, walBytes: 0 });
  const log: OpenLog = {
    store: await open(),
    async tamper(change) {
      await log.store.close();
      const db = new DatabaseSync(join(directory, 'log.db'));
      writeRows(db, change(readRows(db)));
      db.close();
      log.store = await open();
    },
    async close() {
      await log.store.close();
      rmSync(directory, { recursive: true });
    },
  };
  return log;
}

const TYPE = 'Happened';

function readRows(db: DatabaseSyncInstance): readonly Stored[] {
  const rows = db.prepare(
    'SELECT name, revision, body, hash FROM appends JOIN streams ON id = stream_id ORDER BY position',
  );
  return (rows.all() as { name: string; revision: number; body: string; hash: string }[]).map((row) => {
    const [metadata = '', ...lines] = row.body.split('\n');
    const events = lines.map((line) => ({ id: '', type: TYPE, data: line.slice(line.indexOf('\t') + 1), metadata }));
    return { stream: row.name, revision: row.revision, hash: row.hash, events };
  });
}

function writeRows(db: DatabaseSyncInstance, appends: readonly Stored[]): void {
  const [streams, ends] = [[...new Set(appends.map(({ stream }) => stream))], new Map<string, number>()];
  db.exec('DELETE FROM appends; DELETE FROM streams');
  streams.forEach((name, i) => db.prepare('INSERT INTO streams VALUES (?, ?)').run(i + 1, name));
  let position = 0;
  for (const { stream, events, ...told } of appends) {
    const last = told.revision ?? (ends.get(stream) ?? -1) + events.length;
    ends.set(stream, last);
    position += events.length;
    const body = [events[0]!.metadata, ...events.map(({ data }) => `1\t${data}`)].join('\n');
    const first = last - events.length + 1;
    const hash =
      told.hash ??
      events.reduce((h, e, i) => chainHash(h, stream, first + i, TYPE, e.data, e.metadata), prevOf(events[0]!));
    db.prepare('INSERT INTO appends VALUES (?, ?, ?, ?, ?)').run(
      position,
      streams.indexOf(stream) + 1,
      last,
      body,
      hash,
    );
  }
  db.prepare(`UPDATE meta SET value = ? WHERE key = 'clean_position'`).run(position);
}

export async function standInLog(): Promise<OpenLog> {
  const directory = mkdtempSync(join(tmpdir(), 'purveyor-audit-'));
  const file = join(directory, 'log');
  let server: EventStoreStandIn;
  const open = async () => {
    server = await startEventStoreStandIn({ file });
    return openEventStoreDb({ url: server.url });
  };
  const stop = async () => {
    await log.store.close();
    await server.close();
  };
  const log: OpenLog = {
    store: await open(),
    async tamper(change) {
      await stop();
      writeLines(file, change);
      log.store = await open();
    },
    async close() {
      await stop();
      rmSync(directory, { recursive: true });
    },
  };
  return log;
}

interface Line {
  readonly stream: string;
  readonly events: readonly EncodedEvent[];
}

/** Only our own streams are changed; what the server keeps for itself stays where it is, before them. */
function writeLines(file: string, change: Tamper): void {
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const isOurs = ({ stream }: Line) => stream.startsWith('process-');
  const to = (encoding: 'base64' | 'utf8', from: 'base64' | 'utf8') => (line: Line) => ({
    ...line,
    events: line.events.map((event) => ({
      ...event,
      isJson: true,
      data: Buffer.from(event.data, from).toString(encoding),
      metadata: Buffer.from(event.metadata, from).toString(encoding),
    })),
  });
  const changed = change(lines.filter(isOurs).map(to('utf8', 'base64'))).map(to('base64', 'utf8'));
  const all = [...lines.filter((line) => !isOurs(line)), ...changed.map((line) => ({ created: 0, ...line }))];
  writeFileSync(file, all.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
