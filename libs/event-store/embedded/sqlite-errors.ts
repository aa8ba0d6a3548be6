import { Corrupt, DiskFull, StoreError, StoreUnavailable } from '../errors.js';

const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;
/** The data was handed over but may not have reached the disk: what becomes of it is unknown. */
const IOERR_FSYNC = 1034;

/** The extended result code of an error of @photostructure/sqlite; -1 when it carries none. */
export function sqliteCode(error: unknown): number {
  const e = error as { sqliteExtendedCode?: unknown; errcode?: unknown; sqliteCode?: unknown };
  for (const code of [e.sqliteExtendedCode, e.errcode, e.sqliteCode]) if (typeof code === 'number') return code;
  return -1;
}

/** No space, no right to write, or no such place. */
export function isUnwritable(error: unknown): boolean {
  return [FULL, READONLY, IOERR, CANTOPEN].includes(sqliteCode(error) & 0xff);
}

/** What SQLite threw, as the port names it. `during` says whether a failed write may still be there. */
export function storeError(error: unknown, during: 'read' | 'write' | 'commit'): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = sqliteCode(error);
  const primary = code & 0xff;
  if (code < 0) return new StoreUnavailable(message, during !== 'commit');
  if (primary === CORRUPT || primary === NOTADB) return new Corrupt(`the log's file is damaged: ${message}`);
  if (during === 'read' || code === IOERR_FSYNC) return new StoreUnavailable(message, during === 'read');
  if (isUnwritable(error)) return new DiskFull(message);
  return new StoreUnavailable(message, during !== 'commit');
}
