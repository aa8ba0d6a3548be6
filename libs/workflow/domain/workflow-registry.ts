import { Refusal } from '#kernel';
import type { PinnedStep } from '../published/index.js';
import { compile, type Compiled } from './compiled.js';
import type { WorkflowDefinition } from './definition.js';

/**
 * Law 8: this process lacks the definition an instance is pinned to, so it leaves the instance alone. People who ask something of it
 * are told so by the refusal `definition_unavailable` 409; nothing is recorded.
 */
export class UnknownDefinition extends Refusal {
  constructor(workflow: string, version: number) {
    const detail = `no code here for version ${version} of workflow ${workflow} with the steps it was started with`;
    super('definition_unavailable', 409, detail, { workflow, version });
    this.name = 'UnknownDefinition';
  }
}

interface Pinned {
  readonly workflow: string;
  readonly version: number;
  readonly steps: readonly PinnedStep[];
}

const sameSteps = ({ pinned }: Compiled, steps: readonly PinnedStep[]): boolean =>
  pinned.length === steps.length && pinned.every((each, i) => each.key === steps[i]!.key);

/** All workflow definitions of this process, several versions of one side by side. */
export class WorkflowRegistry {
  private readonly versions = new Map<string, Compiled>();
  private readonly newest = new Map<string, Compiled>();
  /** By pinned steps that were compared already: the hot path asks after every event. */
  private readonly checked = new WeakMap<object, Compiled>();

  constructor(definitions: readonly WorkflowDefinition[]) {
    for (const definition of definitions) this.add(compile(definition));
  }

  private add(compiled: Compiled): void {
    const { key, version } = compiled.definition;
    if (this.versions.has(`${key}@${version}`)) throw new Error(`workflow ${key} version ${version} is there twice`);
    this.versions.set(`${key}@${version}`, compiled);
    const known = this.newest.get(key);
    if (known === undefined || known.definition.version < version) this.newest.set(key, compiled);
  }

  /** Newest versions, for lists and forms. */
  all(): readonly WorkflowDefinition[] {
    return [...this.newest.values()].map((compiled) => compiled.definition);
  }

  latest(key: string): Compiled | undefined {
    return this.newest.get(key);
  }

  /** What an instance is pinned to; throws {@link UnknownDefinition} when its code is not here or has other steps (law 8). */
  bound({ workflow, version, steps }: Pinned): Compiled {
    const known = this.checked.get(steps);
    if (known !== undefined) return known;
    const compiled = this.find(workflow, version);
    if (!sameSteps(compiled, steps)) throw new UnknownDefinition(workflow, version);
    this.checked.set(steps, compiled);
    return compiled;
  }

  /** Whether {@link bound} answers. */
  has({ workflow, version, steps }: Pinned): boolean {
    const compiled = this.versions.get(`${workflow}@${version}`);
    return compiled !== undefined && sameSteps(compiled, steps);
  }

  /** Throws {@link UnknownDefinition}. */
  find(key: string, version: number): Compiled {
    const found = this.versions.get(`${key}@${version}`);
    if (found === undefined) throw new UnknownDefinition(key, version);
    return found;
  }
}
