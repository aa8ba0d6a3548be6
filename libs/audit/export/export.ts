import { createHash } from 'node:crypto';
import { metadataOf, type StoredEvent } from '#event-store';
import type { Signer } from '../checkpoint.js';
import type { ExportFormat, Line } from './formats.js';
import { named, sourceOf, type ExportScope, type SourcePorts } from './sources.js';

export interface ExportPorts extends SourcePorts {
  readonly signer: Signer;
  /** What a reader may see of the data; null where no code here knows the type. */
  readonly decoded: (event: StoredEvent) => unknown;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The lines of an export: one for each event, to the letter and as people read it, each with a rolling hash over all lines so far
 * (SHA-256 of the one before, a line break, and the line without it), and at the end what was signed with its signature. `time`: ms since the epoch.
 * Throws what {@link sourceOf} throws; without its last line an export is worth nothing.
 */
export async function* exportLines(
  scope: ExportScope,
  format: ExportFormat,
  ports: ExportPorts,
  time: number,
): AsyncGenerator<string, void, void> {
  const about = `purveyor-export 1\nlog ${ports.store.logId}\nof ${named(scope)}\nformat ${format.name}\n`;
  let [rolling, n] = [sha256(about), 0];
  let text = format.head;
  for await (const events of sourceOf(scope, ports)) {
    for (const event of events) {
      const line = format.text(lineOf(++n, event, ports.decoded(event)));
      rolling = sha256(`${rolling}\n${line}`);
      text += format.line(line, rolling);
    }
    if (text !== '') yield text;
    text = '';
  }
  const signed = `${about}events ${n}\nrolling ${rolling}\ntime ${new Date(time).toISOString()}\nkey ${ports.signer.key}\n`;
  yield text + format.end(`${signed}signature ${ports.signer.sign(signed)}\n`);
}

function lineOf(n: number, event: StoredEvent, decoded: unknown): Line {
  const { position, stream, revision, type, id, data, metadata } = event;
  const { time, actor, $correlationId, $causationId, commandId } = metadataOf(event);
  const [correlation, causation, command] = [$correlationId, $causationId, commandId];
  const at = new Date(time).toISOString();
  return {
    n,
    position,
    time: at,
    stream,
    revision,
    type,
    actor,
    correlation,
    causation,
    command,
    id,
    decoded,
    data,
    metadata,
  };
}
