import { Type, type TObject, type TProperties, type TSchema } from 'typebox';

/**
 * Fields with the extension keys of the Workflow Orchestrator's forms: `format` names the widget, `extraProperties` (formerly `uniforms`)
 * what it needs beside the schema, `options` the labels of values (reference 2.2). Each adds plain JSON Schema.
 */
interface About {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
}

/** Both names, so that older clients find it too. */
const extra = (values: object) => ({ extraProperties: values, uniforms: values });
/** Shown, never answered, never part of the state. */
const shown = (format: string, more: object = {}) =>
  Type.Optional(Type.String({ format, ...more })) as unknown as TSchema;
const text =
  (format: string) =>
  (about: About = {}) =>
    Type.String({ format, ...about });

export const label = (title: string): TSchema => shown('label', { title });
export const divider = (): TSchema => shown('divider');
export const markdown = (source: string): TSchema => shown('markdown', { default: source });
export const callout = (values: {
  readonly header: string;
  readonly message?: string;
  readonly status?: 'primary' | 'success' | 'warning' | 'danger';
  readonly icon_type?: string;
}): TSchema => shown('callout', { default: values, ...extra(values) });

/** Lines with a column for each of `headers`, such as what was and what will be. */
export interface Summary {
  readonly labels: readonly string[];
  readonly headers?: readonly string[];
  readonly columns: readonly (readonly (string | number | boolean | null)[])[];
}
export const summary = (data: Summary, title = 'Summary'): TSchema => shown('summary', { title, ...extra({ data }) });

export const longText = text('long');
export const productId = text('productId');
export const customerId = text('customerId');
export const hidden = (value: string | number | boolean) => Type.Literal(value, { format: 'hidden', default: value });
export const file = (url: string, about: About = {}) => Type.String({ format: 'file', ...about, ...extra({ url }) });

/** One subscription; the client's list of choices is narrowed by `only`. */
export const subscriptionId = (
  about: About = {},
  only: {
    readonly productIds?: readonly string[];
    readonly tags?: readonly string[];
    readonly statuses?: readonly string[];
  } = {},
) => Type.String({ format: 'subscriptionId', ...about, ...extra(only) });
/** Shows a subscription that is known already. */
export const displaySubscription = (id: string): TSchema => shown('subscription', { default: id });

/** A value that is seen and not changed; it is part of the state. */
export const readOnly = (value: string | number | boolean, about: About = {}) =>
  Type.Literal(value, { ...about, default: value, ...extra({ disabled: true, value }) });

/** ms are not asked for: seconds since the epoch. */
export const timestamp = (
  about: About & {
    readonly min?: number;
    readonly max?: number;
    readonly showTimeSelect?: boolean;
    readonly locale?: string;
  } = {},
) => {
  const { min, max, showTimeSelect = true, locale = 'en-gb', ...rest } = about;
  const bounds = { ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }) };
  return Type.Number({
    format: 'timestamp',
    ...rest,
    ...bounds,
    ...extra({ showTimeSelect, locale, min, max }),
  });
};

export const contacts = (about: About & { readonly minItems?: number; readonly maxItems?: number } = {}) =>
  Type.Array(Type.Object({ name: Type.String(), email: Type.String(), phone: Type.Optional(Type.String()) }), {
    format: 'contact',
    ...about,
  });

/** Boxes that must all be ticked; the client answers `ACCEPTED` once they are. */
export const accept = (lines: readonly (readonly [text: string, kind: 'checkbox' | 'label' | 'skip'])[]) =>
  Type.Literal('ACCEPTED', { format: 'accept', ...extra({ data: lines }) });

const NAMED = Symbol('definition');
type Named = TSchema & { readonly [NAMED]?: string };

/** One of several values; `options` is value to label. `name` is what `$defs` calls it. */
export const choice = <const V extends string>(name: string, options: Readonly<Record<V, string>>) =>
  Object.assign(Type.Enum(Object.keys(options) as V[]), { type: 'string', title: name, options, [NAMED]: name });

export const choiceList = <const V extends string>(
  name: string,
  options: Readonly<Record<V, string>>,
  about: About & { readonly minItems?: number; readonly maxItems?: number } = {},
) => Type.Array(choice(name, options), { uniqueItems: true, ...about });

/** A page's schema. Choices are told in `$defs`; what has a default need not be answered. */
export function page(title: string, fields: TProperties, description?: string): TObject {
  const defs: Record<string, TSchema> = {};
  const properties = Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, hoisted(field, defs)]));
  const { required = [] } = Type.Object(fields) as { required?: readonly string[] };
  return {
    type: 'object',
    title,
    ...(description !== undefined && { description }),
    ...(Object.keys(defs).length > 0 && { $defs: defs }),
    properties,
    required: required.filter((key) => (fields[key] as { default?: unknown }).default === undefined),
  } as never;
}

/** The field with references in the place of named definitions, which are put into `defs`. */
function hoisted(field: TSchema, defs: Record<string, TSchema>): TSchema {
  const name = (field as Named)[NAMED];
  if (name !== undefined) {
    defs[name] = field;
    return { $ref: `#/$defs/${name}` };
  }
  const { items } = field as { items?: TSchema };
  return items === undefined ? field : { ...field, items: hoisted(items, defs) };
}
