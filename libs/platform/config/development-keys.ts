import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OWN_DIRECTORY } from '#kernel';
import type { Config } from './config.js';
import { readKey, readNamedKeys, readSigningKey } from './read.js';

const VAULT_KEY = 'vault.key';
const CALLBACK_KEYS = 'callback.keys';
const AUDIT_KEY = 'audit.key';

/** Reads or makes the keys that the environment did not give; answers a warning for each. Throws when a key file is damaged. */
export function developmentKeys(config: Config): string[] {
  const warnings: string[] = [];
  config.vaultKey ??= kept(config.dataDir, VAULT_KEY, readKey, () => random(), 'PURVEYOR_VAULT_KEY', warnings);
  config.callbackKeys ??= kept(
    config.dataDir,
    CALLBACK_KEYS,
    readNamedKeys,
    () => `dev:${random()}`,
    'PURVEYOR_CALLBACK_KEYS',
    warnings,
  );
  config.auditKey ??= kept(config.dataDir, AUDIT_KEY, readSigningKey, () => random(), 'PURVEYOR_AUDIT_KEY', warnings);
  return warnings;
}

const random = (): string => randomBytes(32).toString('base64');

function kept<T>(
  directory: string,
  file: string,
  read: (text: string) => T | undefined,
  make: () => string,
  variable: string,
  warnings: string[],
): T {
  const path = join(directory, file);
  const value = read(readOrMake(directory, path, make));
  if (value === undefined)
    throw new Error(`${path} is damaged: it does not hold what ${variable} allows. Restore it from a backup.`);
  warnings.push(
    `${variable} is not set: the key in ${path} is used. For production keep the key outside of the data directory.`,
  );
  return value;
}

function readOrMake(directory: string, path: string, make: () => string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unusable(directory, error);
  }
  try {
    mkdirSync(directory, OWN_DIRECTORY);
    create(path, make());
  } catch (error) {
    throw unusable(directory, error);
  }
  return readFileSync(path, 'utf8').trim();
}

const unusable = (directory: string, error: unknown) =>
  new Error(
    `the data directory ${directory} cannot be used (${(error as Error).message}); make it one that this user can write, or set PURVEYOR_DATA_DIR`,
  );

/** Appears whole or not at all, and never replaces what another process made first. */
function create(path: string, text: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${text}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
