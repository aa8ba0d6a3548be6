import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpointFile } from '#audit';
import { openFileVault } from '#platform';
import { openReadModels } from '#read-models';
import { SimulatedStore } from '#testing';
import { prepareSharedDirectory } from './shared-directory.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'purveyor-own-'))));
afterEach(() => rmSync(folder, { recursive: true }));
const rights = (directory: string) => statSync(directory).mode & 0o777;

it.each([
  ['vault', async (directory: string) => openFileVault({ directory, key: new Uint8Array(32) })],
  ['views', async (directory: string) => openReadModels({ directory })],
  ['checkpoints', async (directory: string) => openCheckpointFile(directory, 'log')],
])('the %s, when first in a data directory, make it for its owner only', async (_, open) => {
  const directory = join(folder, 'new');
  const opened = await open(directory);
  await opened.close();
  expect(rights(directory)).toBe(0o700);
});

it('the directory that several processes share has the rights that the umask leaves', async () => {
  const directory = join(folder, 'shared');
  const before = process.umask(0o027);
  try {
    await prepareSharedDirectory(directory, new SimulatedStore());
  } finally {
    process.umask(before);
  }
  expect(rights(directory)).toBe(0o750);
});
