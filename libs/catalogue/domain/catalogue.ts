import type { Fault } from '#kernel';
import { treeOf } from './instances.js';
import { missingFields, schemaFaults, valueFaults } from './block-values.js';
import type { Block, State } from './block.js';
import type { Fields } from './block-walk.js';
import { checkDefinitions } from './definition-check.js';
import type { Product } from './product.js';

export type SubscriptionValues = Readonly<Record<string, Fields>>;

/** The products of this process. Throws one Error that names every fault of their definitions. */
export class Catalogue {
  private readonly byId: ReadonlyMap<string, Product>;

  constructor(readonly registered: readonly Product[]) {
    checkDefinitions(registered);
    this.byId = new Map(registered.map((each) => [each.productId, each]));
  }

  find(productId: string): Product | undefined {
    return this.byId.get(productId);
  }

  /** Mandatory fields that a subscription's values lack in a state, as `block.field`. An unknown product asks for nothing. */
  missing(productId: string, values: SubscriptionValues, state: State): string[] {
    return Object.entries(this.find(productId)?.blocks ?? {}).flatMap(([attribute, block]) =>
      missingFields(block, values[attribute] ?? {}, state).map((name) => `${attribute}.${name}`),
    );
  }

  /** What is wrong with new values of a block attribute, by JSON pointer. An unknown product takes anything. */
  faults(productId: string, attribute: string, values: Fields): Fault[] {
    const product = this.find(productId);
    if (product === undefined) return [];
    const block = product.blocks[attribute];
    const at = `/${attribute}`;
    if (block === undefined) return [{ pointer: at, message: `${product.name} has no such block` }];
    const faults = valueFaults(block, values, at);
    return faults.length > 0 ? faults : sameInstanceFaults(block, values, attribute);
  }

  /** What is wrong with metadata of a subscription, by JSON pointer; anything goes where the product registered no schema. */
  metadataFaults(productId: string, metadata: Fields): Fault[] {
    const schema = this.find(productId)?.metadata;
    return schema ? schemaFaults(schema, metadata, '/metadata') : [];
  }
}

/** An instance is in one place of its subscription. */
function sameInstanceFaults(block: Block, values: Fields, attribute: string): Fault[] {
  const seen = new Set<unknown>();
  return treeOf(block, values, [attribute]).instances.flatMap(({ value, path }) => {
    const id = value['subscription_instance_id'];
    if (id === undefined || !seen.has(id)) return (seen.add(id), []);
    return [{ pointer: `/${path.join('/')}/subscription_instance_id`, message: 'is there twice' }];
  });
}
