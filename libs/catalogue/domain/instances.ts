import { isMember, type Block, type Reference } from './block.js';
import { elementsOf, type Fields } from './block-walk.js';

/** One own instance of a subscription. */
export interface OwnInstance {
  readonly block: Block;
  readonly value: Fields;
  /** From the subscription: attribute, field, index ... */
  readonly path: readonly string[];
}

/** An instance refers to one of another subscription. */
export interface OutwardReference {
  /** Path of the instance that refers. */
  readonly from: readonly string[];
  readonly to: Reference;
}

/** An instance and all own ones under it, and what they refer to outside. */
export function treeOf(
  block: Block,
  value: Fields,
  path: readonly string[],
): { readonly instances: readonly OwnInstance[]; readonly references: readonly OutwardReference[] } {
  const [instances, references]: [OwnInstance[], OutwardReference[]] = [[{ block, value, path }], []];
  for (const { member, block: inner, value: found, path: under } of elementsOf(block, value)) {
    if (member.ownership === 'foreign') references.push({ from: path, to: found as Reference });
    else if (inner !== undefined) {
      const below = treeOf(inner, found as Fields, [...path, ...under]);
      instances.push(...below.instances);
      references.push(...below.references);
    }
  }
  return { instances, references };
}

/** Values a new instance begins with: the own blocks that are mandatory in some state, lists filled to their least length. */
export function initialValues(block: Block): Fields {
  const members = Object.entries(block.fields).flatMap(([name, each]) => {
    if (!isMember(each) || each.ownership === 'foreign' || each.from === 'never') return [];
    const one = () => initialValues(each.blocks[0]!);
    const value = each.multiplicity === 'one' ? one() : Array.from({ length: each.bounds?.min ?? 0 }, one);
    return [[name, value] as const];
  });
  return Object.fromEntries(members);
}

/**
 * The values with an id on every own instance under the block: its own where it has one, else that of the single one which was there
 * before, else a new one by `idFor` of its path. Give it the values of `before` so that ids stay.
 */
export function identified(
  block: Block,
  values: Fields,
  before: Fields,
  idFor: (path: readonly string[]) => string,
  path: readonly string[] = [],
): Fields {
  const changed: Record<string, unknown> = { ...values };
  for (const { member, block: inner, value, path: under } of elementsOf(block, values)) {
    if (member.ownership === 'foreign' || inner === undefined) continue;
    const [name, index] = under as [string, string?];
    const old = (index === undefined ? before[name] : undefined) as Fields | undefined;
    const at = [...path, ...under];
    const own = (value as Fields)['subscription_instance_id'] ?? old?.['subscription_instance_id'] ?? idFor(at);
    const done = { ...identified(inner, value as Fields, old ?? {}, idFor, at), subscription_instance_id: own };
    changed[name] = index === undefined ? done : replaced(changed[name], Number(index), done);
  }
  return changed;
}

const replaced = (list: unknown, index: number, by: unknown): readonly unknown[] =>
  (list as readonly unknown[]).with(index, by);
