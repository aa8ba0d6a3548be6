import type { TSchema } from 'typebox';
import type { Fault } from '#kernel';

type Node = TSchema & {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly secret?: boolean;
  readonly generated?: boolean;
};

export const isReference = (value: unknown): boolean => typeof value === 'string' && value.startsWith('vault:');

/** Dot paths of the fields a schema marks secret. */
export function secretPaths(schema: TSchema, below = ''): readonly string[] {
  return Object.entries((schema as Node).properties ?? {}).flatMap(([name, child]) =>
    (child as Node).secret ? [`${below}${name}`] : secretPaths(child, `${below}${name}.`),
  );
}

/** Secrets that were not put into the vault: the last gate before an event would hold one in clear. */
export function revealed(schema: TSchema, value: unknown, below: string): readonly Fault[] {
  return secretPaths(schema)
    .map((path) => path.split('.'))
    .filter((path) => isRevealed(path.reduce<unknown>((here, key) => (here as never)?.[key], value)))
    .map((path) => ({ pointer: [below, ...path].join('/'), message: 'is a secret and must be a vault reference' }));
}

const isRevealed = (value: unknown): boolean => value !== undefined && !isReference(value);

/** The facts with a value from `make` for each field that the schema marks generated and nobody gave. */
export function withGenerated<V extends object>(schema: TSchema, facts: V, make: () => string): V {
  const missing = Object.entries((schema as Node).properties ?? {}).filter(
    ([name, child]) => (child as Node).generated && (facts as Record<string, unknown>)[name] === undefined,
  );
  return { ...facts, ...Object.fromEntries(missing.map(([name]) => [name, make()])) };
}
