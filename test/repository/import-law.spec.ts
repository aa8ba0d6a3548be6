import { afterAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './repository.js';

const COPIED = ['.dependency-cruiser.mjs', 'tsconfig.json', 'package.json', 'scripts/lib'];

/** One sin each: the file that commits it, its text, and the rule that must name it. */
const SINS: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['kernel-imports-nothing', 'libs/kernel/sin.ts', "import '#runtime';"],
  ['libs-import-no-apps', 'libs/runtime/sin.ts', "import '../../apps/server/main.js';"],
  ['contexts-meet-in-published', 'libs/subscription/sin.ts', "import '#portfolio';"],
  ['contexts-meet-in-published', 'libs/subscription/sin2.ts', "import '../portfolio/domain/decide.js';"],
  ['contexts-meet-in-published', 'libs/schedule/sin.ts', "import '#portfolio';"],
  ['contexts-meet-in-published', 'libs/portfolio/sin.ts', "import '../schedule/domain/decide.js';"],
  ['read-models-see-published-only', 'libs/read-models/sin.ts', "import '#portfolio';"],
  ['published-brings-nothing-along', 'libs/provisioning/published/sin.ts', "import '../domain/decide.js';"],
  ['published-brings-nothing-along', 'libs/csp/published/sin.ts', "import '#platform';"],
  ['published-brings-nothing-along', 'libs/workflow/published/sin.ts', "import '@nestjs/common';"],
  ['audit-knows-no-context', 'libs/audit/sin.ts', "import '#portfolio/published';"],
  ['domain-is-pure', 'libs/portfolio/domain/sin.ts', "import { Injectable } from '@nestjs/common'; Injectable();"],
  ['domain-has-no-node-built-ins', 'libs/portfolio/domain/sin2.ts', "import 'node:fs';"],
  ['one-place-knows-eventstoredb', 'libs/event-store/sin.ts', "import '@eventstore/db-client';"],
  ['the-command-line-is-a-client', 'apps/cli/sin.ts', "import '#kernel';"],
  ['the-command-line-is-a-client', 'apps/cli/sin2.ts', "import '@nestjs/common';"],
  ['no-cycles', 'libs/runtime/cycle-back.ts', "import './cycle.js';"],
];

const LAWFUL: Readonly<Record<string, string>> = {
  'apps/server/main.ts': "import '#portfolio';",
  'apps/cli/main.ts': "import 'commander'; import 'node:fs'; import './sub.js';",
  'apps/cli/sub.ts': 'export {};',
  'libs/kernel/index.ts': 'export {};',
  'libs/runtime/index.ts': "import '#kernel';",
  'libs/runtime/cycle.ts': "import './cycle-back.js';",
  'libs/portfolio/index.ts': "import './domain/decide.js';",
  'libs/portfolio/domain/decide.ts': "import '#kernel';",
  'libs/portfolio/published/index.ts': 'export {};',
  'libs/workflow/index.ts': "import '#portfolio/published';",
  'libs/schedule/domain/decide.ts': "import '#kernel';",
  'libs/read-models/index.ts': "import '#portfolio/published';",
};

const fixture = mkdtempSync(join(tmpdir(), 'purveyor-import-law-'));
afterAll(() => rmSync(fixture, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(join(fixture, dirname(file)), { recursive: true });
  writeFileSync(join(fixture, file), `${text}\nexport const x = 1;\n`);
}

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

function violations(): readonly Violation[] {
  const script = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [script, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', 'apps', 'libs'];
  const output = execFileSync(process.execPath, args, {
    cwd: fixture,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
    maxBuffer: 2 ** 26,
  });
  return (JSON.parse(output) as { summary: { violations: readonly Violation[] } }).summary.violations;
}

describe('the import law bites', () => {
  for (const path of COPIED) cpSync(join(root, path), join(fixture, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(fixture, 'node_modules'), 'junction');
  for (const [file, text] of Object.entries(LAWFUL)) write(file, text);
  for (const [, file, text] of SINS) write(file, text);
  const found = violations().map(({ from, rule }) => `${rule.name} ${from}`);

  it.each(SINS)('%s: %s', (rule, file) => {
    expect(found).toContain(`${rule} ${file}`);
  });

  it('names no lawful file', () => {
    const accused = found.filter((line) => Object.keys(LAWFUL).some((file) => line.endsWith(` ${file}`)));
    expect(accused).toEqual([]);
  });
});
