import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { read, root } from './repository.js';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Code spans that name a file of the repository, such as `libs/kernel/decider.ts`. */
function filesNamedIn(text: string): readonly string[] {
  const spans = [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1] ?? '');
  return spans.filter((span) => /^(apps|libs|test|scripts|docs)\/[\w./-]+\.\w+$/.test(span));
}

/** Targets of Markdown links that are not addresses. */
function linksIn(text: string): readonly string[] {
  const targets = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? '');
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

describe('the documents', () => {
  it.each(DOCUMENTS)('%s names only files that exist', (path) => {
    const missing = filesNamedIn(read(path)).filter((file) => !existsSync(join(root, file)));
    expect(missing).toEqual([]);
  });

  it.each(DOCUMENTS)('%s links only to files that exist', (path) => {
    const missing = linksIn(read(path)).filter((link) => !existsSync(join(root, normalize(join(dirname(path), link)))));
    expect(missing).toEqual([]);
  });

  it.each(DOCUMENTS)('%s names only npm scripts that exist', (path) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(path).matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] ?? '');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('the README follows one command through at least eight files', () => {
    expect(filesNamedIn(read('README.md')).length).toBeGreaterThanOrEqual(8);
  });

  it('the README says how to start and test in its first screen', () => {
    const firstScreen = read('README.md').split('\n').slice(0, 40).join('\n');
    expect(firstScreen).toContain('npm start');
    expect(firstScreen).toContain('npm test');
  });
});
