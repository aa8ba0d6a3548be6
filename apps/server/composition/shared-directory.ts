import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStore } from '#event-store';
import { lostFiles } from './kept-files.js';

/** Names the log whose secrets and keys of data subjects lie in this directory. */
const MARK = 'log-id';

/**
 * Marks the directory that the processes of this log share. Throws one line when it belongs to another log, or when the log has events and
 * the directory lacks what they refer to: it is then not theirs. A new one has the rights of the umask, for whoever runs `setup` decides who may
 * enter.
 */
export async function prepareSharedDirectory(directory: string, store: EventStore): Promise<void> {
  const marked = markOf(directory);
  if (marked === store.logId) return;
  if (marked !== undefined) throw anotherLog(directory, marked, store.logId);
  const lost = await lostFiles(directory, store);
  if (lost !== undefined)
    throw new Error(
      `PURVEYOR_DATA_DIR: ${lost}: mount the directory that its processes share. If that one is lost for good, write ${store.logId} ` +
        `into the file ${join(directory, MARK)} and start one process with --accept-loss`,
    );
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, MARK), `${store.logId}\n`);
}

/** Throws one line unless this is the directory that `setup` has marked for this log. Nothing is made: an unmounted one stays empty. */
export function requireSharedDirectory(directory: string, logId: string): void {
  const marked = markOf(directory);
  if (marked === logId) return;
  if (marked !== undefined) throw anotherLog(directory, marked, logId);
  throw new Error(
    `PURVEYOR_DATA_DIR: ${directory} is not the directory that the processes of this log share: there is no file ${MARK} in it. ` +
      'Mount it, or run `node dist/run/server.js setup` once',
  );
}

const anotherLog = (directory: string, marked: string, logId: string) =>
  new Error(
    `PURVEYOR_DATA_DIR: ${directory} belongs to the log ${marked}, and this is the log ${logId}: correct it, PURVEYOR_EVENT_STORE or PURVEYOR_STREAM_PREFIX`,
  );

function markOf(directory: string): string | undefined {
  try {
    return readFileSync(join(directory, MARK), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
