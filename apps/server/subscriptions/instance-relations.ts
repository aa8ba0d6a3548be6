import { instanceId, treeOf, type Catalogue, type OutwardReference, type OwnInstance } from '#catalogue';
import { storedValues, userIdsOf, type ReadModels, type ValuesOf } from '#read-models';

/** An instance that uses another, in the Workflow Orchestrator's words. */
export interface InUseBy {
  readonly subscription_instance_id: string;
  readonly subscription_id: string;
}

/** The subscriptions that a domain model shows parts of, and which instance is in use by which. */
export interface Relations {
  readonly values: ReadonlyMap<string, ValuesOf>;
  /** By id of the used instance. */
  readonly inUseBy: ReadonlyMap<string, readonly InUseBy[]>;
}

export const idOfInstance = (owner: string, { value, path }: Pick<OwnInstance, 'value' | 'path'>): string =>
  (value['subscription_instance_id'] as string | undefined) ?? instanceId(owner, path);

/** Reads a subscription, those it refers to, however far, and those that use any of these. */
export async function relationsOf(readModels: ReadModels, catalogue: Catalogue, id: string): Promise<Relations> {
  const values = new Map<string, ValuesOf>();
  const load = async (ids: readonly string[]) => {
    const missing = [...new Set(ids)].filter((each) => !values.has(each));
    const found = await storedValues(readModels, missing);
    for (const each of found) values.set(each.subscription_id, each);
    return found;
  };
  for (let round = await load([id]); round.length > 0;)
    round = await load(
      round.flatMap((each) => referencesOf(catalogue, each).map(({ to }) => to.owner_subscription_id)),
    );
  await load(await userIdsOf(readModels, [...values.keys()]));
  return { values, inUseBy: usesIn(catalogue, [...values.values()]) };
}

function treesOf(catalogue: Catalogue, { product_id, values }: ValuesOf) {
  const blocks = catalogue.find(product_id)?.blocks ?? {};
  return Object.entries(blocks).map(([attribute, block]) => treeOf(block, values[attribute] ?? {}, [attribute]));
}

const referencesOf = (catalogue: Catalogue, of: ValuesOf): readonly OutwardReference[] =>
  treesOf(catalogue, of).flatMap(({ references }) => references);

export function usesIn(catalogue: Catalogue, all: readonly ValuesOf[]): Map<string, readonly InUseBy[]> {
  const uses = new Map<string, InUseBy[]>();
  const add = (used: string, subscription_id: string, subscription_instance_id: string) =>
    uses.set(used, [...(uses.get(used) ?? []), { subscription_instance_id, subscription_id }]);
  for (const each of all)
    for (const { instances, references } of treesOf(catalogue, each)) {
      const owner = each.subscription_id;
      const byPath = new Map(instances.map((instance) => [instance.path.join('.'), idOfInstance(owner, instance)]));
      for (const { path } of instances) {
        const parent = parentOf(path, byPath);
        if (parent !== undefined) add(byPath.get(path.join('.'))!, owner, parent);
      }
      for (const { from, to } of references) add(to.subscription_instance_id, owner, byPath.get(from.join('.'))!);
    }
  return uses;
}

/** The nearest instance above: a list's index and field name lie between. */
function parentOf(path: readonly string[], byPath: ReadonlyMap<string, string>): string | undefined {
  for (let length = path.length - 1; length > 0; length--) {
    const found = byPath.get(path.slice(0, length).join('.'));
    if (found !== undefined) return found;
  }
  return undefined;
}
