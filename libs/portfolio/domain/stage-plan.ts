import type { TObject } from 'typebox';
import type { RequestPolicy } from '#runtime';

/** Where the value of a payload's field comes from. Paths are dot paths into the facts. */
export type Provenance =
  | { readonly fact: string; readonly otherwise?: unknown }
  | { readonly stage: string; readonly field: string }
  | { readonly constant: unknown }
  | {
      /** What people read about the rule. */
      readonly derived: string;
      /** Facts whose values the rule is given, in this order. */
      readonly facts: readonly string[];
      readonly rule: (...values: readonly unknown[]) => unknown;
    };

/** One stage of a plan. A value, so that plans can be listed, checked and drawn. */
export interface Stage {
  /** Upper snake case; the states people see begin with it. */
  readonly name: string;
  readonly label: string;
  readonly payload: {
    /** Fields may carry `secret: true` or `personal: true`. */
    readonly schema: TObject;
    readonly from: Readonly<Record<string, Provenance>>;
  };
  /** Name of the effect that makes the call, and of the one that asks how it stands. */
  readonly effect: string;
  readonly pollEffect?: string;
  readonly policy: RequestPolicy;
  readonly result: TObject;
  /** The CSP's own names: payload field to wire name, result field to dot path in the CSP's answer. */
  readonly wire?: {
    readonly payload: Readonly<Record<string, string>>;
    readonly result: Readonly<Record<string, string>>;
  };
  /** An operator may skip it when it has failed or has not begun. */
  readonly skippable?: boolean;
}

/** How a CSP provisions a portfolio: stages in order. A portfolio is bound to name and version when it is created (law 8). */
export interface StagePlan {
  readonly csp: string;
  readonly name: string;
  readonly version: number;
  readonly facts: TObject;
  readonly stages: readonly Stage[];
}

/** Gives the plan back with its own literal types kept. */
export const stagePlan = <const P extends StagePlan>(plan: P): P => plan;

export const stageOf = (plan: StagePlan, name: string): Stage | undefined =>
  plan.stages.find((stage) => stage.name === name);
