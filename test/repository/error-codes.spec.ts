import { readdirSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from '@jest/globals';
import { errorCatalogue, isKnownCode } from '#platform';
import { read, root } from './repository.js';

const CATALOGUE = /^libs\/platform\/problems\/(request|machine|operation|process|subscription)-errors\.ts$/;

/** The shipped sources: no tests, no fixtures. */
const sources = ['apps/server', 'libs']
  .flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  )
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts') && !/\.spec\.ts$|\/test\/|^libs\/testing\//.test(path))
  .map((path) => ({ path, file: ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true) }));

interface Refused {
  readonly at: string;
  /** Undefined when the code is not written out where the refusal is made. */
  readonly codes: readonly string[] | undefined;
}

/** What a code argument may be: a literal, or a choice between literals. */
function codesOf(argument: ts.Expression | undefined): readonly string[] | undefined {
  if (argument && ts.isStringLiteral(argument)) return [argument.text];
  if (!argument || !ts.isConditionalExpression(argument)) return undefined;
  const [yes, no] = [codesOf(argument.whenTrue), codesOf(argument.whenFalse)];
  return yes && no && [...yes, ...no];
}

const extendsRefusal = (node: ts.Node): boolean =>
  ts.isClassDeclaration(node) &&
  (node.heritageClauses ?? []).some((clause) => clause.types.some((type) => type.expression.getText() === 'Refusal'));

/** Every `new Refusal(code` and, in a class that extends Refusal, every `super(code`. */
function refusalsIn(path: string, file: ts.SourceFile): readonly Refused[] {
  const found: Refused[] = [];
  const visit = (node: ts.Node, inRefusal: boolean): void => {
    const made = ts.isNewExpression(node) && node.expression.getText() === 'Refusal';
    const passedOn = inRefusal && ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword;
    if (made || passedOn) {
      const at = `${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
      found.push({ at, codes: codesOf(node.arguments?.[0]) });
    }
    ts.forEachChild(node, (child) => visit(child, inRefusal || extendsRefusal(node)));
  };
  visit(file, false);
  return found;
}

function literalsIn(file: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe('error codes', () => {
  const refusals = sources.flatMap(({ path, file }) => refusalsIn(path, file));

  it('are written out where a refusal is made', () => {
    expect(refusals.filter(({ codes }) => codes === undefined)).toEqual([]);
    expect(refusals.length).toBeGreaterThan(30);
  });

  it('are all in the catalogue', () => {
    const unknown = refusals.filter(({ codes }) => codes?.some((code) => !isKnownCode(code)));
    expect(unknown).toEqual([]);
  });

  it('of the catalogue are all used', () => {
    const used = new Set(sources.filter(({ path }) => !CATALOGUE.test(path)).flatMap(({ file }) => literalsIn(file)));
    expect(errorCatalogue.map(({ code }) => code).filter((code) => !used.has(code))).toEqual([]);
  });
});
