import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { read, root } from './repository.js';

const sources = ['apps', 'libs', 'test'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?[jt]s$/.test(name))
    .map((name) => join(folder, name)),
);
const readersOf = (variable: string) => {
  const reading = new RegExp(`env(\\.|\\[.)${variable}\\b`);
  return sources.filter((file) => reading.test(read(file)));
};

describe('campaigns', () => {
  it('learn from one file whether they are run at full length: test:full runs what imports it, and forgets none', () => {
    expect(sources.length).toBeGreaterThan(1_000);
    expect(readersOf('PURVEYOR_FULL')).toEqual(['libs/testing/full.ts']);
    expect(read('scripts/test.mjs')).toContain("'libs/testing/full.ts'");
    // What everything imports would bring everything along.
    expect(read('libs/testing/index.ts')).not.toContain('full.js');
  });

  it('learn from one file what they begin with', () => {
    expect(readersOf('PURVEYOR_SEED')).toEqual(['libs/testing/seed.ts']);
    const ofTheirOwn = /\bDate\.now\(\) %|\bseed\b.*(Date\.now|Math\.random)\(/i;
    expect(sources.filter((file) => ofTheirOwn.test(read(file)))).toEqual(['libs/testing/seed.ts']);
  });
});
