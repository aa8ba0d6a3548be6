import { isMember, treeOf, type Block, type Catalogue, type Member, type Reference } from '#catalogue';
import { idOfInstance, type Relations } from './instance-relations.js';

type Values = Readonly<Record<string, unknown>>;

/** Writes the blocks of subscriptions as the Workflow Orchestrator's domain model has them (reference 2.4). */
export class BlockWriter {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly relations: Relations,
    /** The subscription asked for, whose own relations are left out; undefined to show them. */
    private readonly hidden: string | undefined,
  ) {}

  /** One key for each root block. Fields without a value are null, lists empty. */
  rootsOf(subscriptionId: string): Values {
    const found = this.relations.values.get(subscriptionId);
    const blocks = found ? (this.catalogue.find(found.product_id)?.blocks ?? {}) : {};
    const roots = Object.entries(blocks).map(([attribute, block]) => {
      return [attribute, this.instance(subscriptionId, block, found?.values[attribute] ?? {}, [attribute])] as const;
    });
    return Object.fromEntries(roots);
  }

  private instance(owner: string, block: Block, value: Values, path: readonly string[]): Values {
    const id = idOfInstance(owner, { value, path });
    const all = this.relations.inUseBy.get(id) ?? [];
    const relations = all.filter(({ subscription_id }) => subscription_id !== this.hidden);
    return {
      name: block.name,
      subscription_instance_id: id,
      owner_subscription_id: owner,
      label: value['label'] ?? null,
      in_use_by_ids: relations.map(({ subscription_instance_id }) => subscription_instance_id),
      in_use_by_relations: relations,
      ...Object.fromEntries(
        Object.entries(block.fields).map(([name, each]) => [
          name,
          isMember(each) ? this.member(owner, each, value[name], [...path, name]) : (value[name] ?? null),
        ]),
      ),
    };
  }

  private member(owner: string, member: Member, value: unknown, path: readonly string[]): unknown {
    if (member.multiplicity === 'one') return value == null ? null : this.one(owner, member, value, path);
    const list = Array.isArray(value) ? (value as readonly unknown[]) : [];
    return list.map((each, index) => this.one(owner, member, each, [...path, String(index)]));
  }

  private one(owner: string, { ownership, blocks }: Member, value: unknown, path: readonly string[]): unknown {
    if (ownership === 'foreign') return this.foreign(value as Reference);
    const named = (value as Values)['name'];
    const block = blocks.find(({ name }) => name === named) ?? blocks[0]!;
    return this.instance(owner, block, value as Values, path);
  }

  /** As its owner has it now; where the owner is not in the views, the reference alone. */
  private foreign(reference: Reference): Values {
    const { owner_subscription_id: owner, subscription_instance_id: id } = reference;
    const found = this.relations.values.get(owner);
    const blocks = found ? (this.catalogue.find(found.product_id)?.blocks ?? {}) : {};
    for (const [attribute, block] of Object.entries(blocks)) {
      const { instances } = treeOf(block, found!.values[attribute] ?? {}, [attribute]);
      const hit = instances.find((each) => idOfInstance(owner, each) === id);
      if (hit) return this.instance(owner, hit.block, hit.value, hit.path);
    }
    return { owner_subscription_id: owner, subscription_instance_id: id };
  }
}
