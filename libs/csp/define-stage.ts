import { Type, type TSchema } from 'typebox';
import type { Provenance, Stage } from '#portfolio';
import { ASK_CHILD_OPERATION, childOperationPolicy } from '#provisioning/published';
import { DEFAULT_RETRY, type RequestPolicy } from '#runtime';

/** A field of a payload: what it is and where it comes from. */
export interface Field {
  readonly schema: TSchema;
  readonly from: Provenance;
}

export const text = Type.String({ minLength: 1 });
export const secret = Type.String({ minLength: 1, secret: true });

export const fact = (name: string, schema: TSchema = text): Field => ({ schema, from: { fact: name } });
export const resultOf = (stage: string, field: string, schema: TSchema = text): Field => ({
  schema,
  from: { stage, field },
});
export const established = (field: string, schema: TSchema = text): Field => ({ schema, from: { start: field } });
export const constant = (value: unknown, schema: TSchema = text): Field => ({ schema, from: { constant: value } });
/** `cut`: longest text the CSP takes. */
export const nameOfPortfolio = (cut: number): Field => ({
  schema: Type.String({ minLength: 1, maxLength: cut }),
  from: { portfolio: 'name', cut },
});
export const optional = ({ schema, from }: Field): Field => ({ schema: Type.Optional(schema), from });

type Given = Omit<Stage, 'payload' | 'policy' | 'effect' | 'pollEffect' | 'result'> & {
  readonly payload: Readonly<Record<string, Field>>;
  readonly result: Readonly<Record<string, TSchema>>;
  /** How the end is told; at once when absent. */
  readonly completion?: RequestPolicy['completion'];
  /** Conditions on the result beside its fields. */
  readonly either?: readonly string[];
};

/** A stage of the plan `prefix`, with the names of its effects and the policy that follow from the rest. */
export function defineStage(prefix: string, { payload, result, completion, either, ...given }: Given): Stage {
  const fields = Object.entries(payload);
  const schema = Object.fromEntries(fields.map(([name, field]) => [name, field.schema]));
  const effect = `${prefix}.${given.name.toLowerCase()}`;
  const alternatives = either && { anyOf: either.map((field) => ({ required: [field] })) };
  return {
    ...given,
    payload: {
      schema: Type.Object(schema, { additionalProperties: false }),
      from: Object.fromEntries(fields.map(([name, field]) => [name, field.from])),
    },
    result: Type.Object(result, alternatives),
    effect,
    ...(completion?.kind === 'poll' && { pollEffect: `${effect}.poll` }),
    ...(given.operation && { pollEffect: ASK_CHILD_OPERATION }),
    policy: given.operation
      ? childOperationPolicy(DEFAULT_RETRY)
      : { retry: DEFAULT_RETRY, completion: completion ?? { kind: 'at_once' }, unknown: 'repeat' },
  };
}
