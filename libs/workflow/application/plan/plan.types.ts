import type { AnyDecider } from '#runtime';
import type { FieldChange } from '#subscription/published';
import type { PlannedEffect } from '../../domain/plan.types.js';
import type { Data } from '../../domain/process.state.js';

/** A value of a subscription that would be another. */
export interface PlannedChange extends FieldChange {
  readonly subscription_id: string;
}

export interface PlannedStep {
  /** Path of the step; of a step of a sub-workflow, below the step that begins it. */
  readonly key: string;
  readonly name: string;
  readonly effects: readonly PlannedEffect[];
  readonly changes: readonly PlannedChange[];
  /** What it waits for before the next one begins; null for a step that does something. */
  readonly waits_for: 'person' | 'time' | null;
}

/** Where a plan ends before the run would. */
export interface Stopped {
  readonly step: string;
  /** That of the failure with which the run would stop here, one of {@link UNTOLD}, or `known_after_run`: what the step adds cannot be told. */
  readonly code: string;
  readonly reason: string;
}

/** Codes of plans that end because nobody can tell how it goes on. */
export const UNTOLD = {
  waits_for_person: 'a person answers here, and the answer is not known',
  waits_for_answer: 'another system answers here, and the answer is not known',
  plan_too_long: 'the plan has too many steps',
} as const;
export type Untold = keyof typeof UNTOLD;

export interface Plan {
  readonly workflow: string;
  /** In the order in which they would begin; those that a condition passes over are left out. */
  readonly steps: readonly PlannedStep[];
  /** From before to the end, field by field. */
  readonly changes: readonly PlannedChange[];
  /** As it would be at the end. */
  readonly state: Data;
  /** Null when the plan goes to the end of the run. */
  readonly stopped: Stopped | null;
}

/** What a plan is made from. */
export interface PlanPorts {
  /** By category of stream. */
  readonly deciders: Readonly<Record<string, AnyDecider>>;
  /** State of a stream as it is now. */
  readonly load: (stream: string) => Promise<object>;
  /** ms since the epoch, when the run would begin. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Answers of people, by path of the input step; an index of a for-each is written `*`. */
  readonly answers?: Readonly<Record<string, Data>> | undefined;
}
