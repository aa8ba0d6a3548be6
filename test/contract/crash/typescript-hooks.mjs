/** Module hooks for a child process of a test: TypeScript sources through swc, `#lib` from libs/. Started by typescript.mjs. */
import { transformSync } from '@swc/core';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const libs = new URL('../../../libs/', import.meta.url);
const jsc = { parser: { syntax: 'typescript' }, target: 'es2022' };

export function resolve(specifier, context, next) {
  if (specifier.startsWith('#'))
    return { url: new URL(`${specifier.slice(1)}/index.ts`, libs).href, shortCircuit: true };
  if (specifier.startsWith('.') && specifier.endsWith('.js')) {
    const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(url)) return { url: url.href, shortCircuit: true };
  }
  return next(specifier, context);
}

export function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), { jsc, module: { type: 'es6' } });
  return { format: 'module', source: code, shortCircuit: true };
}
