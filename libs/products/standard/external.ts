import { Type, type TProperties } from 'typebox';
import type { Refusal } from '#kernel';
import { DifferenceSchema, type Difference } from '#subscription/published';
import { step, type StepContext, type Values } from '#workflow';
import { changes, drift } from './drift.js';

/** What another system holds of a subscription, and how it gets to hold what is recorded. */
interface External<T extends string, R extends TProperties> {
  /** Of which the keys of the steps are made. */
  readonly thing: T;
  readonly title: string;
  /** As people call it. */
  readonly system: string;
  readonly reads: R;
  /** Only looks. What is not there at all differs in `idPath` alone. */
  readonly compare: (state: Values<R>, context: StepContext) => Promise<readonly Difference[]>;
  /** May be repeated, also when all is as recorded. Refuses with `gone` what is not there: made anew it would have another id. */
  readonly apply: (state: Values<R>, context: StepContext) => Promise<void>;
  readonly idPath: string;
  readonly gone: (state: Values<R>) => Refusal;
}

/** Added to the state before anything is changed outside. */
const found = { external_differences: Type.Array(DifferenceSchema) };

/**
 * The steps of a product that look outside and change what is there. `validate` only looks, and adds `drift`. `update` applies what is
 * recorded; modify and reconcile have these very steps. What is otherwise outside is on record before any of it is changed: a repeat after a
 * crash finds nothing to change any more, and tells all the same what was changed (`external_changes`).
 */
export const external = <const T extends string, R extends TProperties>(spec: External<T, R>) => ({
  validate: [lookingStep(spec)] as const,
  update: [comparingStep(spec), applyingStep(spec)] as const,
});

const lookingStep = <const T extends string, R extends TProperties>(spec: External<T, R>) =>
  step<`validate_${T}`, R, typeof drift>({
    key: `validate_${spec.thing}`,
    name: `Compare ${spec.title} with the ${spec.system}`,
    reads: spec.reads,
    adds: drift,
    handler: async (state, context) => ({ drift: [...(await spec.compare(state, context))] }),
    plan: 'as_it_runs',
  });

const comparingStep = <const T extends string, R extends TProperties>(spec: External<T, R>) =>
  step<`compare_${T}_with_external_systems`, R, typeof found>({
    key: `compare_${spec.thing}_with_external_systems`,
    name: `Compare ${spec.title} with external systems`,
    reads: spec.reads,
    adds: found,
    handler: async (state, context) => ({ external_differences: [...(await spec.compare(state, context))] }),
    plan: 'as_it_runs',
  });

const applyingStep = <const T extends string, R extends TProperties>(spec: External<T, R>) =>
  step<`update_${T}_in_external_systems`, R & typeof found, typeof changes>({
    key: `update_${spec.thing}_in_external_systems`,
    name: `Update ${spec.title} in external systems`,
    reads: { ...spec.reads, ...found },
    adds: changes,
    async handler(state, context) {
      const external_changes = differencesIn(state);
      if (external_changes.length > 0) await spec.apply(state as Values<R>, context);
      return { external_changes };
    },
    plan(state) {
      const differences = differencesIn(state);
      if (differences.some(({ path }) => path === spec.idPath)) throw spec.gone(state as Values<R>);
      const effects = differences.length === 0 ? [] : [{ system: spec.system, action: 'update', differences }];
      return { effects, adds: { external_changes: differences } };
    },
  });

const differencesIn = (state: unknown) => (state as Values<typeof found>).external_differences;

/**
 * Version 2 of a workflow with the steps that apply: in version 1 the second of them compared by itself. One that has begun so is left
 * alone and shown, because its request does not know what was found; everything else goes on.
 */
export const comparedFirst = (thing: string) => ({
  version: 2,
  migrates: [{ from: 1, keys: { [`update_${thing}_in_external_systems`]: null } }],
});
