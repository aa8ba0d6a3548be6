// Alone: the whole platform takes longer to load than to find out that a setting is wrong.
import { ConfigError } from '../../libs/platform/config/load.js';

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** One line that says what to do. */
function explain(error: Error & { code?: string }, port: number | undefined): string {
  if (error instanceof ConfigError) return error.message;
  if (error.code === 'EADDRINUSE') return `Port ${port} is in use: stop the other program or set PURVEYOR_PORT.`;
  if (error.code === 'directory_in_use' || error.code === 'disk_full')
    return `${sentence(error.message)} (PURVEYOR_DATA_DIR).`;
  if (error.code === 'store_unavailable')
    return `The event log does not answer (${error.message}). Start it, or correct PURVEYOR_EVENT_STORE.`;
  return `The server cannot start: ${error.message}`;
}

/** Says why the server cannot start and ends the process with code 1; `port` where it is known already. */
export function failToStart(error: unknown, port?: number): never {
  process.stderr.write(`${explain(error as Error, port)}\n`);
  process.exit(1);
}
