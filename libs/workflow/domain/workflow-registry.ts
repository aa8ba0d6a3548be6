import { compile, type Compiled } from './compiled.js';
import type { WorkflowDefinition } from './definition.js';

/** Law 8: this process lacks the definition an instance is pinned to, so it leaves the instance alone. */
export class UnknownDefinition extends Error {
  constructor(
    readonly workflow: string,
    readonly version: number,
  ) {
    super(`no code here for version ${version} of workflow ${workflow} with the steps it was started with`);
    this.name = 'UnknownDefinition';
  }
}

/** All workflow definitions of this process, several versions of one side by side. */
export class WorkflowRegistry {
  private readonly versions = new Map<string, Compiled>();
  private readonly newest = new Map<string, Compiled>();

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

  /** Throws {@link UnknownDefinition}. */
  find(key: string, version: number): Compiled {
    const found = this.versions.get(`${key}@${version}`);
    if (found === undefined) throw new UnknownDefinition(key, version);
    return found;
  }
}
