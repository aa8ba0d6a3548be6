import { Refusal } from '#kernel';
import type { PinnedStep } from '../published/index.js';
import { compile, stepAt, type Compiled, type CompiledStep } from './compiled.js';
import type { WorkflowDefinition } from './definition.js';
import { checkMigrations, moveOf, type Move } from './migration.js';
import { owedAtEnd } from './at-end.js';
import { mayStillRun } from './duties.js';
import { allRequests, hasEnded, type StartedProcess } from './process.state.js';

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

/** The code an instance goes on with; `migrated` where it is to be pinned anew first. */
interface Carrying {
  readonly compiled: Compiled;
  readonly migrated?: Move;
}

/** Stands in for the definition of an instance that has ended: what it may still owe beside its children needs none. */
const NOTHING_OWED: Carrying = {
  compiled: compile({
    key: '',
    name: '',
    version: 0,
    target: 'SYSTEM',
    isTask: false,
    description: '',
    steps: [],
  }),
};

/** Only its code knows which open requests of one that has ended are children, to be aborted before it lets go what it holds. */
const isAtRest = (state: StartedProcess): boolean => hasEnded(state) && !allRequests(state).some(mayStillRun);

/** All workflow definitions of this process, several versions of one side by side. */
export class WorkflowRegistry {
  private readonly versions = new Map<string, Compiled>();
  private readonly newest = new Map<string, Compiled>();
  /** By pinned steps that were compared already: the hot path asks after every event. */
  private readonly checked = new WeakMap<object, Carrying>();

  constructor(definitions: readonly WorkflowDefinition[]) {
    for (const definition of definitions) this.add(compile(definition));
  }

  private add(compiled: Compiled): void {
    const { key, version } = compiled.definition;
    if (this.versions.has(`${key}@${version}`)) throw new Error(`workflow ${key} version ${version} is there twice`);
    checkMigrations(compiled);
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

  /**
   * The code an instance goes on with: what it is pinned to, or what a newer definition moves it to. Throws {@link UnknownDefinition} when
   * its code is not here or has other steps (law 8).
   */
  carrying(state: StartedProcess): Carrying {
    const known = this.checked.get(state.steps);
    if (known !== undefined) return known;
    if (!this.has(state)) return isAtRest(state) ? NOTHING_OWED : this.moving(state);
    const carrying = { compiled: this.find(state.workflow, state.version) };
    this.checked.set(state.steps, carrying);
    return carrying;
  }

  private moving(state: StartedProcess): Carrying {
    const compiled = this.newest.get(state.workflow);
    const migrated = compiled && moveOf(compiled, state);
    if (compiled !== undefined && migrated !== undefined) return { compiled, migrated };
    if (hasEnded(state) && owedAtEnd(NOTHING_OWED.compiled, state).length === 0) return NOTHING_OWED;
    throw new UnknownDefinition(state.workflow, state.version);
  }

  /** Whether an instance can go on here, moved or not. */
  carries(state: StartedProcess): boolean {
    try {
      return this.carrying(state) !== undefined;
    } catch (error) {
      if (error instanceof UnknownDefinition) return false;
      throw error;
    }
  }

  /** Whether the code that an instance is pinned to is here. */
  private has({ workflow, version, steps }: Pinned): boolean {
    const compiled = this.versions.get(`${workflow}@${version}`);
    return compiled !== undefined && sameSteps(compiled, steps);
  }

  /** The code of a step. Throws {@link UnknownDefinition}. */
  stepOf(workflow: string, version: number, path: string): CompiledStep | undefined {
    return stepAt(this.find(workflow, version), path);
  }

  private find(key: string, version: number): Compiled {
    const found = this.versions.get(`${key}@${version}`);
    if (found === undefined) throw new UnknownDefinition(key, version);
    return found;
  }
}
