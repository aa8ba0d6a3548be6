import { Type, type TObject } from 'typebox';
import type { Fault } from '#kernel';
import type { ResourceManifest } from '#provisioning/published';
import type { RequestPolicy } from '#runtime';
import type { OperationFields, StageCall } from './stage-call.js';

export type Facts = Readonly<Record<string, unknown>>;

/** Where the value of a payload's field comes from. Paths are dot paths into the facts. */
export type Provenance =
  | { readonly fact: string; readonly otherwise?: unknown }
  | { readonly stage: string; readonly field: string }
  | { readonly constant: unknown }
  /** What the plan's start rule established. */
  | { readonly start: string }
  /** `cut`: longest text the CSP takes. */
  | { readonly portfolio: 'name'; readonly cut?: number }
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
  /** What is asked of the CSP, in order. What they take and the result declares is the result. */
  readonly calls?: readonly StageCall[];
  /** Payload fields that are part of the result as they are. */
  readonly keeps?: readonly string[];
  /** Where a callback's answer has the result's fields: dot paths. */
  readonly wire?: { readonly result: Readonly<Record<string, string>> };
  /** Waits until the portfolio whose id is in this payload field is complete, and takes fields of its results. `of`: at which CSP it is. */
  readonly parent?: { readonly fact: string; readonly of: string; readonly take: Readonly<Record<string, string>> };
  /** Instead of calls: what a provisioning operation of the stage's own is to make. */
  readonly operation?: StageOperation;
  /** An answer 202 ends this stage with these result fields; another stage waits for the operation. */
  readonly begins?: OperationFields;
  /** Waits for the operation in these payload fields; without an address the earlier stage was answered in full. */
  readonly awaits?: OperationFields & { readonly token?: string; readonly take: Readonly<Record<string, string>> };
  /** Tokens that are worth nothing once this stage is done: stages that need one cannot be done again. */
  readonly ends?: readonly string[];
  /** How it is taken back: calls over its payload and result, or why it cannot be. Without one there is nothing to take back. */
  readonly undo?:
    | { readonly calls: readonly StageCall[]; readonly completion?: RequestPolicy['completion'] }
    | { readonly cannot: string };
  /** Calls that name what nobody knows are not made. */
  readonly lenient?: boolean;
  /** An operator may skip it when it has failed or has not begun. */
  readonly skippable?: boolean;
}

/**
 * How portfolios on an older version come to the plan that declares this. Only what a person asks for moves, and only from a place that is
 * covered.
 */
export interface PlanMigration {
  /** The older version. */
  readonly from: number;
  /** What each stage of the older version has become. A portfolio that has begun another one stays on its version. */
  readonly stages: Readonly<Record<string, string>>;
  /** Facts that the newer version has no place for. */
  readonly drops?: readonly string[];
}

/**
 * A manifest whose needs are each given the payload as parameters. The stage ends with the operation; `wire` says where `resources`, by
 * need, have the fields of the result (`resources.box.address.url`). What was made before a failure is taken back before the stage fails.
 */
export interface StageOperation {
  readonly needs: readonly { readonly id: string; readonly type: string }[];
  readonly policy?: ResourceManifest['policy'];
}

/** How a CSP provisions a portfolio: stages in order. A portfolio is bound to name and version when it is created (law 8). */
export interface StagePlan {
  readonly csp: string;
  readonly name: string;
  readonly version: number;
  readonly facts: TObject;
  /** What no schema can say: faults between facts that fit theirs, with pointers below `/facts`. Pure. */
  readonly factFaults?: (facts: Facts) => readonly Fault[];
  /** Without one a portfolio may start at any time. */
  readonly start?: StartRule;
  readonly stages: readonly Stage[];
  /** From which older versions portfolios may be moved to this one. */
  readonly migrations?: readonly PlanMigration[];
  /** What is owed once all stages are done, each by itself: a failure of one is shown and changes nothing else. */
  readonly after?: {
    readonly kinds: readonly DutyKind[];
    /** Pure; every duty is of one of the kinds. */
    readonly owed: (sources: Sources) => readonly Duty[];
  };
  /** Other portfolios may name this one as their parent; they are taken back before it. */
  readonly hasChildren?: boolean;
}

/** Everything payloads are made of. */
export interface Sources {
  readonly name: string;
  readonly facts: Facts;
  /** What the start rule established. */
  readonly start: Facts;
  readonly results: Facts;
}

/** What duties there can be, for people and for the way back. */
export interface DutyKind {
  /** Name of the duties; parts in braces stand for fields of their input. */
  readonly name: string;
  readonly label: string;
  readonly stage: Stage;
  /** In words: when it is owed. */
  readonly when: string;
  /** Where the fields of its input come from. */
  readonly from: Readonly<Record<string, Provenance>>;
}

/** One thing owed after completion. */
export interface Duty {
  /** Upper case, digits, dash and underscore; the same for the same duty for ever. */
  readonly name: string;
  readonly stage: Stage;
  readonly input: Facts;
  /** Not before this time, ms since the epoch. */
  readonly notBefore: number;
}

/** When a portfolio may start. Pure; `time` is ms since the epoch. What it establishes is frozen when the portfolio starts. */
export interface StartRule {
  readonly establishes: TObject;
  readonly check: (facts: Facts, time: number) => Start;
}

/** `until`: when to look again, if time alone may change the answer. */
export type Start =
  | { readonly eligible: true; readonly values: Facts }
  | { readonly eligible: false; readonly reason: Reason; readonly until?: number };

export interface Reason {
  readonly code: string;
  readonly message: string;
}

/** Gives the plan back with its own literal types kept. */
export const stagePlan = <const P extends StagePlan>(plan: P): P => plan;

/** What takes a stage back, as a stage: its payload is all that the stage was given and answered. */
export function undoStage(stage: Stage): Stage | undefined {
  if (stage.undo === undefined || 'cannot' in stage.undo) return undefined;
  const { calls, completion = { kind: 'at_once' } } = stage.undo;
  const effect = `${stage.effect}.undo`;
  return {
    name: stage.name,
    label: stage.label,
    payload: { schema: Type.Object({ ...stage.payload.schema.properties, ...stage.result.properties }), from: {} },
    calls,
    lenient: true,
    effect,
    ...(completion.kind === 'poll' && { pollEffect: `${effect}.poll` }),
    policy: { ...stage.policy, completion },
    result: Type.Object({}),
  };
}

export const stageOf = (plan: StagePlan, name: string): Stage | undefined =>
  plan.stages.find((stage) => stage.name === name);
