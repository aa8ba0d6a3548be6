import type { Catalogue, Product, SubscriptionValues } from '#catalogue';
import type { CatalogueDoc } from '#read-models';
import type { Lifecycle } from '#subscription';
import type { WorkflowDefinition } from '#workflow';

/** What is wrong, of what. */
export interface ProductFault {
  readonly check: 'workflows' | 'translations' | 'products' | 'fixed_inputs' | 'records' | 'subscriptions';
  readonly subject: string;
  readonly message: string;
}

export interface StoredSubscription {
  readonly subscription_id: string;
  readonly product_id: string;
  readonly status: Lifecycle;
  readonly values: SubscriptionValues;
}

export interface ToValidate {
  readonly catalogue: Catalogue;
  readonly workflows: readonly WorkflowDefinition[];
  /** By id. */
  readonly records: ReadonlyMap<string, CatalogueDoc>;
  /** Keys such as `workflow.create_user_group`. */
  readonly translations: ReadonlySet<string>;
  readonly subscriptions: Iterable<StoredSubscription>;
}

/** Everything task_validate_products looks at (reference 1.12). Empty: code, records and subscriptions fit each other. */
export function validateProducts(given: ToValidate): readonly ProductFault[] {
  const products = given.catalogue.registered;
  const byKey = new Map(given.workflows.map((each) => [each.key, each]));
  return [
    ...products.flatMap((product) => workflowFaults(product, byKey)),
    ...untranslated(given),
    ...products.flatMap((product) => targetFaults(product, given.records)),
    ...fixedInputFaults(products),
    ...recordFaults(given),
    ...[...given.subscriptions].flatMap((each) => subscriptionFaults(given, each)),
  ];
}

function workflowFaults(
  { name: subject, workflows }: Product,
  byKey: ReadonlyMap<string, WorkflowDefinition>,
): readonly ProductFault[] {
  return workflows.flatMap(({ name, target }) => {
    const found = byKey.get(name);
    if (found?.target === target) return [];
    const message = found
      ? `${name} is a ${found.target} workflow, the product says ${target}`
      : `there is no workflow ${name}`;
    return [{ check: 'workflows', subject, message }];
  });
}

const untranslated = ({ workflows, translations }: ToValidate): readonly ProductFault[] =>
  workflows
    .filter(({ key }) => !translations.has(`workflow.${key}`))
    .map(({ key }) => ({ check: 'translations', subject: key, message: `the text workflow.${key} is missing` }));

/** A product may do without a reconcile (reference section 4); the others are what its subscriptions live by. */
const EXPECTED = ['CREATE', 'MODIFY', 'TERMINATE', 'VALIDATE'];

function targetFaults(product: Product, records: ToValidate['records']): readonly ProductFault[] {
  const { name: subject, workflows, productId } = product;
  const status = records.get(productId)?.status ?? product.status ?? 'active';
  if (status !== 'active') return [];
  const missing = EXPECTED.filter((target) => !workflows.some((each) => each.target === target));
  const noted = workflows.some(({ name }) => name === 'modify_note');
  return [...missing.map((target) => `${target} workflow`), ...(noted ? [] : ['modify_note'])].map((what) => ({
    check: 'products',
    subject,
    message: `it has no ${what}`,
  }));
}

/** Products of one type are told apart by the values of the same fixed inputs. */
function fixedInputFaults(products: readonly Product[]): readonly ProductFault[] {
  const names = ({ fixedInputs = {} }: Product) => Object.keys(fixedInputs).sort().join(', ');
  const first = new Map<string, Product>();
  for (const product of products) if (!first.has(product.productType)) first.set(product.productType, product);
  return products.flatMap((product) => {
    const other = first.get(product.productType)!;
    if (names(product) === names(other)) return [];
    const message = `its fixed inputs (${names(product)}) are not those of ${other.name} (${names(other)})`;
    return [{ check: 'fixed_inputs', subject: product.name, message }];
  });
}

/** A product on record without code: its subscriptions cannot be worked on. */
function recordFaults({ catalogue, records }: ToValidate): readonly ProductFault[] {
  return [...records].flatMap(([id, { kind, name, status }]) =>
    kind !== 'product' || status === 'end of life' || catalogue.find(id) !== undefined
      ? []
      : [{ check: 'records', subject: name, message: `the product ${id} is on record, and no code has it` }],
  );
}

function subscriptionFaults(
  { catalogue, records }: ToValidate,
  subscription: StoredSubscription,
): readonly ProductFault[] {
  const { subscription_id: subject, product_id, status, values } = subscription;
  const say = (message: string): ProductFault => ({ check: 'subscriptions', subject, message });
  if (catalogue.find(product_id) === undefined) return [say(`no code has its product ${product_id}`)];
  const faults = Object.entries(values).flatMap(([block, fields]) => catalogue.faults(product_id, block, fields));
  const missing = catalogue.missing(product_id, values, status);
  const outlived = status !== 'terminated' && records.get(product_id)?.status === 'end of life';
  return [
    ...(outlived ? [say('it lives, and its product has ended')] : []),
    ...faults.map(({ pointer, message }) => say(`${pointer} ${message}`)),
    ...missing.map((field) => say(`a subscription that is ${status} needs ${field}`)),
  ];
}
