import type { TProperties } from 'typebox';
import type { Target } from '../published/index.js';
import type { WorkflowAuthorizers } from './authorizer.types.js';
import type { Migration } from './migration.types.js';
import type { Node } from './node.js';
import type { RunPredicate } from './run-predicate.types.js';
import type { Values, Wired } from './wiring.types.js';

export interface WorkflowMeta<I extends TProperties = TProperties> {
  readonly key: string;
  readonly name?: string;
  readonly version: number;
  readonly target: Target;
  readonly isTask?: boolean;
  readonly description: string;
  /** What the initial state must hold: form answers and what the form adds. */
  readonly input?: I;
  /** When a step has failed for good and nothing else can go on: `stop` and ask an operator (default), or undo what is done. */
  readonly onFailure?: 'stop' | 'compensate';
  readonly authorize?: WorkflowAuthorizers;
  /** Asked before a start; a message is why not. */
  readonly runPredicate?: RunPredicate;
  /** How instances of earlier versions, whose code is not there any more, go on in this one. */
  readonly migrates?: readonly Migration[];
}

export interface WorkflowDefinition extends Omit<WorkflowMeta, 'name' | 'isTask'> {
  readonly name: string;
  readonly isTask: boolean;
  readonly steps: readonly Node[];
}

/** A workflow; steps whose inputs are not there before them do not compile. */
export function workflow<const S extends readonly Node[], I extends TProperties = {}>(
  meta: WorkflowMeta<I>,
  steps: S & Wired<S, Values<I>>,
): WorkflowDefinition {
  return { ...meta, name: meta.name ?? meta.key, isTask: meta.isTask ?? false, steps };
}
