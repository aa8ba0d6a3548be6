import { boundVariables } from './variable.js';

/** A warning for each PURVEYOR_ variable that nothing reads, with the name that was probably meant. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = boundVariables().flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]));
  return Object.keys(env)
    .filter((name) => name.startsWith('PURVEYOR_') && !known.includes(name))
    .map((name) => `${name} is not known and has no effect${suggestion(name, known)}`);
}

function suggestion(name: string, known: readonly string[]): string {
  const ranked = known.map((k) => ({ k, edits: distance(name, k) })).sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best !== undefined && best.edits <= 4 ? `; did you mean ${best.k}?` : '';
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
