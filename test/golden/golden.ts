import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EventLog, position, revision, type EventRegistry, type RecordedEvent } from '#event-store';
import type { SubjectKeys } from '#kernel';
import { SimulatedStore } from '#testing';

const folder = fileURLToPath(new URL('.', import.meta.url));

export const json = (path: string): unknown => JSON.parse(readFileSync(folder + path, 'utf8'));
export const exists = (path: string): boolean => existsSync(folder + path);
export const list = (path: string): readonly string[] => readdirSync(folder + path).sort();

/** Where the sample of a version lies: `data` of such an event as it is stored. */
export const samplePath = (category: string, type: string, version: number): string =>
  `samples/${category}/${type}.${version}.json`;

/** An event of a sequence as it is stored; `version` is that of its schema when it was written. */
export interface Written {
  readonly type: string;
  readonly version: number;
  readonly data: unknown;
}

/** Reads what was once written with the code of today. */
export function reader(registry: EventRegistry, keys?: SubjectKeys) {
  const log = new EventLog(new SimulatedStore(), registry, keys);
  return (category: string, { type, version, data }: Written, at = 0): RecordedEvent =>
    log.decode({
      id: '00000000-0000-8000-8000-000000000000',
      stream: `${category}-1`,
      revision: revision(at),
      position: position(at + 1),
      type,
      data: JSON.stringify(data),
      metadata: JSON.stringify({ time: 0, ...(version !== 1 && { versions: { [type]: version } }) }),
    });
}
