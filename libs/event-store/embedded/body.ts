import { chainHash, eventId } from '../chain.js';
import { Corrupt } from '../errors.js';
import { position, revision, type EncodedEvent, type StoredEvent, type StreamName } from '../port.js';
import { prevOf } from './append-check.js';

/** One append as the table holds it. */
export interface AppendRow {
  /** Of the append's last event. */
  readonly position: number;
  readonly stream_id: number;
  /** Of the append's last event. */
  readonly revision: number;
  readonly body: string;
  readonly hash: string;
}

export type TypeName = (code: string) => string | undefined;

/** Metadata once, then a line `type code TAB data` per event. */
export function encodeBody(events: readonly EncodedEvent[], codeOf: (type: string) => number): string {
  let body = events[0]!.metadata;
  for (const event of events) body += `\n${codeOf(event.type)}\t${event.data}`;
  return body;
}

/** The events of a row of `stream`; throws {@link Corrupt} naming stream, revision and row when it is not what was written. */
export function decodeRow(row: AppendRow, stream: StreamName, typeName: TypeName): StoredEvent[] {
  const bad = (what: string) =>
    new Corrupt(`${stream}@${row.revision}, row ${row.position}: ${what}`, {
      stream,
      revision: row.revision,
      row: row.position,
    });
  const lines = String(row.body).split('\n');
  const metadata = lines[0]!;
  const count = lines.length - 1;
  let hash = prevOf(metadata);
  if (count < 1 || hash === undefined || stream === '') throw bad('the record cannot be read');
  const events: StoredEvent[] = [];
  for (let i = 1; i <= count; i++) {
    const line = lines[i]!;
    const tab = line.indexOf('\t');
    const type = typeName(line.slice(0, tab));
    if (tab < 0 || type === undefined) throw bad('the record cannot be read');
    const data = line.slice(tab + 1);
    const at = row.revision - count + i;
    hash = chainHash(hash, stream, at, type, data, metadata);
    events.push({
      id: eventId(hash),
      type,
      data,
      metadata,
      stream,
      revision: revision(at),
      position: position(row.position - count + i),
    });
  }
  if (hash !== row.hash) throw bad('its checksum does not match its content');
  return events;
}
