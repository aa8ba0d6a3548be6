import type { TProperties } from 'typebox';
import type { StepAuthorizers } from '../authorizer.types.js';
import type { FormPage } from '../form.js';
import type { InputNode } from '../node.js';
import type { Values } from '../wiring.types.js';

export interface InputStepSpec<A extends TProperties, K extends string> {
  readonly key: K;
  readonly name?: string;
  /** The form, page by page; later pages may depend on earlier answers and on the state. */
  readonly pages: readonly FormPage[];
  /** What the answers add to the state. An input that does not fit is refused and leaves the process untouched. */
  readonly adds: A;
  /** Who is to answer. */
  readonly assignee?: string;
  readonly authorize?: StepAuthorizers;
}

/** Asks a person: the process is `suspended` until ResumeProcess brings the answers, which are merged deeply into the state. */
export function inputStep<const K extends string, A extends TProperties>(
  spec: InputStepSpec<A, K>,
): InputNode<object, Values<A>, K> {
  const { key, name = key, pages, adds, assignee, authorize } = spec;
  return { kind: 'input', key, name, pages, adds, assignee, authorize };
}
