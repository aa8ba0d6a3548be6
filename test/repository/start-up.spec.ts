import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { read, root } from './repository.js';

const WORKER = 'apps/server/composition/projector.worker.ts';
const LATE = /^.*\bimport\('[^.'].*$/gm;
const STATEMENT = /^(?:import|export) (?!type )(?:[^'";]*? from )?'([^']+)';/gm;

/** Packages and built-ins that a file brings with it when it is loaded; `seen` gathers the files. */
function packagesOf(file: string, seen = new Set<string>()): ReadonlySet<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  for (const [, name = ''] of read(file).matchAll(STATEMENT)) {
    const next = sourceOf(name, file);
    if (next === undefined) packages.add(name);
    else for (const found of packagesOf(next, seen)) packages.add(found);
  }
  return packages;
}

function sourceOf(name: string, from: string): string | undefined {
  if (name.startsWith('.')) return join(dirname(from), name.replace(/\.js$/, '.ts'));
  return name.startsWith('#') ? `libs/${name.slice(1)}/index.ts` : undefined;
}

const sources = () =>
  ['apps', 'libs'].flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => join(folder, name)),
  );

describe('what is loaded at the start', () => {
  it("the projector's thread brings the log, the views and what it decodes with, and no framework", () => {
    const files = new Set<string>();
    const packages = [...packagesOf(WORKER, files)].filter((name) => !name.startsWith('node:'));
    expect(files.size).toBeGreaterThan(100);
    expect(packages.sort()).toEqual(['@photostructure/sqlite', 'kysely', 'typebox', 'typebox/schema']);
  });

  it.each(['apps/server/serve.ts', 'apps/sandbox/main.ts'])(
    '%s checks by schema only: what converts values is 150 files more, and nothing here converts',
    (program) => {
      const packages = packagesOf(program);
      expect(packages).toContain('typebox/schema');
      for (const heavy of ['typebox/compile', 'typebox/value']) expect(packages).not.toContain(heavy);
    },
  );

  it('a setting that is wrong, or a sub-command, does not load the framework first', () => {
    const packages = [...packagesOf('apps/server/main.ts')].filter((name) => !name.startsWith('node:'));
    expect(packages.sort()).toEqual(['class-validator', 'pino', 'pino-pretty', 'reflect-metadata']);
  });

  it('a package that is loaded late is taken by its default: of one in CommonJS the bundle has nothing else', () => {
    const late = sources().flatMap((file) => read(file).match(LATE) ?? []);
    expect(late.length).toBeGreaterThan(2);
    for (const line of late) expect(line).toContain('{ default: ');
  });
});
