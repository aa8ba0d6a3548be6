import { Type, type TSchema } from 'typebox';
import { Compile } from 'typebox/schema';
import type { Fault } from '#kernel';
import { isMandatory, isMember, type Block, type BlockField, type Member, type State } from './block.js';
import { elementsOf, type Element, type Fields } from './block-walk.js';

/** Paths of the mandatory fields that are not there, as `field` or `ports.0.vlan`; a list with too few elements counts. */
export function missingFields(block: Block, values: Fields, state: State): string[] {
  const own = Object.entries(block.fields)
    .filter(([name, each]) => isMandatory(each.from, state) && lacks(each, values[name]))
    .map(([name]) => name);
  const below = elementsOf(block, values).flatMap(({ member, block: inner, value, path }) =>
    member.ownership === 'foreign' || inner === undefined
      ? []
      : missingFields(inner, value as Fields, state).map((name) => [...path, name].join('.')),
  );
  return [...own, ...below];
}

function lacks(each: BlockField | Member, value: unknown): boolean {
  if (value == null) return !(isMember(each) && each.bounds?.min === 0);
  return isMember(each) && each.bounds !== undefined && (value as readonly unknown[]).length < each.bounds.min;
}

/** Keys of an instance beside its fields. */
const ABOUT = ['subscription_instance_id', 'name', 'label'];
const REFERENCE = Type.Object({
  owner_subscription_id: Type.String({ minLength: 1 }),
  subscription_instance_id: Type.String({ minLength: 1 }),
});

/** What is wrong with values of a block in any state, by JSON pointer under `at`. Null stands for no value. */
export function valueFaults(block: Block, values: unknown, at = ''): Fault[] {
  if (!isObject(values)) return [{ pointer: at, message: 'must be object' }];
  const unknown = Object.keys(values)
    .filter((name) => !Object.hasOwn(block.fields, name) && !ABOUT.includes(name))
    .map((name) => ({ pointer: pointer(at, [name]), message: `${block.name} has no such field` }));
  const fields = Object.entries(block.fields).flatMap(([name, each]) =>
    values[name] == null ? [] : fieldFaults(each, values[name], pointer(at, [name])),
  );
  return [...unknown, ...fields, ...elementsOf(block, values).flatMap((each) => elementFaults(each, at))];
}

function fieldFaults(each: BlockField | Member, value: unknown, at: string): Fault[] {
  if (!isMember(each)) return schemaFaults(each.schema, value, at);
  if (each.multiplicity === 'one') return [];
  if (!Array.isArray(value)) return [{ pointer: at, message: 'must be array' }];
  const max = each.bounds?.max ?? Infinity;
  return value.length > max ? [{ pointer: at, message: `must not have more than ${max} items` }] : [];
}

function elementFaults({ member, block, value, path }: Element, at: string): Fault[] {
  const here = pointer(at, path);
  if (member.ownership === 'foreign') return schemaFaults(REFERENCE, value, here);
  if (block !== undefined) return valueFaults(block, value, here);
  const names = member.blocks.map(({ name }) => name).join(', ');
  return [{ pointer: pointer(here, ['name']), message: `must be one of ${names}` }];
}

const compiled = new WeakMap<TSchema, ReturnType<typeof Compile>>();

export function schemaFaults(schema: TSchema, value: unknown, at: string): Fault[] {
  const check = compiled.get(schema) ?? Compile(schema);
  compiled.set(schema, check);
  if (check.Check(value)) return [];
  return check.Errors(value)[1].map(({ instancePath, message }) => ({ pointer: at + instancePath, message }));
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 6901 section 3. */
const pointer = (at: string, path: readonly string[]): string =>
  [at, ...path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
