import { isMember, type Block, type Member } from './block.js';

export type Fields = Readonly<Record<string, unknown>>;

/** One element of a member in a subscription's values. */
export interface Element {
  readonly member: Member;
  /** Undefined where a union's `name` is none of its blocks'. */
  readonly block: Block | undefined;
  readonly value: unknown;
  /** From the block: the field, and the index in a list. */
  readonly path: readonly string[];
}

/** What stands in the members of an instance, in the order of its fields; what has no value is left out. */
export function elementsOf(block: Block, values: Fields): readonly Element[] {
  return Object.entries(block.fields).flatMap(([name, member]) => {
    if (!isMember(member) || values[name] == null) return [];
    if (member.multiplicity === 'one') return [elementOf(member, values[name], [name])];
    const list = Array.isArray(values[name]) ? (values[name] as readonly unknown[]) : [];
    return list.map((value, index) => elementOf(member, value, [name, String(index)]));
  });
}

function elementOf(member: Member, value: unknown, path: readonly string[]): Element {
  const { blocks } = member;
  const named = (value as { readonly name?: unknown } | null)?.name;
  const block = blocks.length === 1 ? blocks[0] : blocks.find(({ name }) => name === named);
  return { member, block, value, path };
}
