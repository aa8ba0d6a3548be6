import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { EXIT } from './exit-codes.js';
import { programFor } from './program.js';

const reference = readFileSync(new URL('../../docs/reference/command-line.md', import.meta.url), 'utf8');
const cells = (pattern: RegExp) => [...reference.matchAll(pattern)].map(([, cell]) => cell!);

/** Names of everything that can be run, such as `audit verify`. */
const leaves = (command: Command, path: readonly string[] = []): string[] =>
  command.commands.length === 0
    ? [path.join(' ')]
    : command.commands.flatMap((each) => leaves(each, [...path, each.name()]));

describe('docs/reference/command-line.md', () => {
  const program = programFor({});

  it('has every command, and no other', () => {
    const documented = cells(/^\| `([a-z][a-z ]*)` /gm);
    expect(documented.toSorted()).toEqual(leaves(program).toSorted());
  });

  it('has every option, and every exit code', () => {
    const options = program.options.map(({ long }) => long);
    expect(options.every((option) => reference.includes(`| \`${option}\``))).toBe(true);
    expect(cells(/^\| (\d) +\|/gm).map(Number)).toEqual(Object.values(EXIT));
  });
});
