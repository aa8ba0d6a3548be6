import { isMember, type Block, type Member } from './block.js';
import { PRODUCT_LIFECYCLE } from '../published/index.js';
import type { Product } from './product.js';

/** Keys that an instance or a subscription has anyway in the domain model. */
const OF_INSTANCES = [
  'name',
  'label',
  'subscription_instance_id',
  'owner_subscription_id',
  'in_use_by_ids',
  'in_use_by_relations',
];
const OF_SUBSCRIPTIONS = [
  'subscription_id',
  'name',
  'description',
  'status',
  'product_id',
  'product',
  'customer_id',
  'insync',
  'note',
  'start_date',
  'end_date',
  'version',
  'tag',
  'customer_descriptions',
  'metadata',
];
const NAME = /^[a-z][a-z0-9_]*$/;
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** Throws an Error with a line for every fault, so that a server with a wrong definition does not start. */
export function checkDefinitions(products: readonly Product[]): void {
  const faults = [...products.flatMap(productFaults), ...catalogueFaults(products)];
  if (faults.length > 0) throw new Error(`product definitions are not valid:\n- ${[...new Set(faults)].join('\n- ')}`);
}

function productFaults(product: Product): string[] {
  const say = (text: string) => `product ${product.name || product.productId}: ${text}`;
  const { productId, name, description, tag, status = 'active', fixedInputs = {}, blocks } = product;
  const attributes = Object.keys(blocks);
  return [
    ...(UUID.test(productId) ? [] : [say(`its id ${productId} is no UUID in lower case`)]),
    ...(name.length > 0 ? [] : [say('it has no name')]),
    ...(tag.length > 0 && tag.length <= 20 ? [] : [say(`its tag ${tag} has not 1 to 20 characters`)]),
    ...(description.length <= 2_000 ? [] : [say('its description has more than 2000 characters')]),
    ...(PRODUCT_LIFECYCLE.includes(status) ? [] : [say(`${String(status)} is no status of a product`)]),
    ...(Number.isNaN(Date.parse(product.createdAt)) ? [say(`${product.createdAt} is no time (ISO 8601)`)] : []),
    ...[...attributes, ...Object.keys(fixedInputs)].flatMap((key) => keyFaults(key, OF_SUBSCRIPTIONS).map(say)),
    ...attributes
      .filter((key) => Object.hasOwn(fixedInputs, key))
      .map((key) => say(`${key} is a fixed input and a block`)),
    ...workflowFaults(product).map(say),
    ...attributes.flatMap((key) => blockFaults(blocks[key]!, []).map((text) => say(`${key}: ${text}`))),
  ];
}

const keyFaults = (key: string, reserved: readonly string[]): string[] => [
  ...(NAME.test(key) ? [] : [`${key} is no name: letters in lower case, digits and _, a letter first`]),
  ...(reserved.includes(key) ? [`${key} is a key of every subscription or block, choose another`] : []),
];

/** At most one of these per product: a client asks for "the" workflow, or two repairs would undo each other. */
const SINGLE = ['CREATE', 'RECONCILE'];

function workflowFaults({ workflows }: Product): string[] {
  const names = workflows.map(({ name }) => name);
  const many = SINGLE.map((target) => [target, workflows.filter((each) => each.target === target)] as const);
  return [
    ...names.filter((name, at) => names.indexOf(name) !== at).map((name) => `workflow ${name} is there twice`),
    ...many
      .filter(([, found]) => found.length > 1)
      .map(
        ([target, found]) =>
          `it may have one ${target} workflow at most, and has ${found.map(({ name }) => name).join(', ')}`,
      ),
  ];
}

function blockFaults(block: Block, above: readonly Block[]): string[] {
  const say = (text: string) => `block ${block.name}: ${text}`;
  return [
    ...(block.tag.length <= 20 ? [] : [say(`its tag ${block.tag} has more than 20 characters`)]),
    ...Object.entries(block.fields).flatMap(([name, each]) => [
      ...keyFaults(name, OF_INSTANCES).map(say),
      ...(isMember(each) ? memberFaults(name, each, [...above, block]).map(say) : []),
    ]),
  ];
}

function memberFaults(name: string, member: Member, above: readonly Block[]): string[] {
  const { blocks, bounds, from, ownership } = member;
  const { min, max } = bounds ?? { min: 0, max: 0 };
  const whole = Number.isInteger(min) && Number.isInteger(max);
  const faults = [
    ...(whole && min >= 0 && min <= max ? [] : [`field ${name}: ${min} to ${max} are no bounds of a list`]),
    ...(blocks.length > 0 ? [] : [`field ${name}: a union of no blocks`]),
    ...(blocks.length > 1 && from !== 'never'
      ? [`field ${name}: a union of ${blocks.map((each) => each.name).join(', ')} cannot be mandatory (from ${from})`]
      : []),
  ];
  if (ownership === 'foreign') return faults;
  const endless = blocks.filter((each) => above.includes(each));
  const needed = from !== 'never' && (bounds === undefined || min > 0);
  return [
    ...faults,
    ...(needed ? endless.map((each) => `field ${name}: block ${each.name} would need itself without end`) : []),
    ...blocks.filter((each) => !above.includes(each)).flatMap((each) => blockFaults(each, above)),
  ];
}

/** What only shows beside other products. */
function catalogueFaults(products: readonly Product[]): string[] {
  const blocks = new Set(products.flatMap((each) => Object.values(each.blocks).flatMap((block) => allOf(block))));
  const owned = new Set(products.flatMap((each) => Object.values(each.blocks).flatMap((block) => ownOf(block))));
  const twice = (values: readonly string[], what: string) =>
    values.filter((value, at) => values.indexOf(value) !== at).map((value) => `${what} ${value} is there twice`);
  return [
    ...twice(
      products.map((each) => each.productId),
      'product id',
    ),
    ...twice(
      products.map((each) => each.name),
      'product',
    ),
    ...twice(
      [...blocks].map((each) => each.name),
      'another block of the name',
    ),
    ...[...blocks]
      .filter((each) => !owned.has(each))
      .map((each) => `block ${each.name} is referred to, but no product owns one`),
  ];
}

/** A block and every block its members name. */
export function allOf(block: Block, seen: Set<Block> = new Set()): readonly Block[] {
  if (seen.has(block)) return [];
  seen.add(block);
  return [block, ...membersOf(block).flatMap(({ blocks }) => blocks.flatMap((each) => allOf(each, seen)))];
}

/** A block and every block of the same subscription under it. */
function ownOf(block: Block, seen: Set<Block> = new Set()): readonly Block[] {
  if (seen.has(block)) return [];
  seen.add(block);
  const own = membersOf(block).filter(({ ownership }) => ownership === 'own');
  return [block, ...own.flatMap(({ blocks }) => blocks.flatMap((each) => ownOf(each, seen)))];
}

export const membersOf = (block: Block): readonly Member[] => Object.values(block.fields).filter(isMember);
