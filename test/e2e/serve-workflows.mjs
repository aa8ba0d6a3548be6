import { WorkflowRegistry } from '#workflow';

/** Lets the server into which it is preloaded run definitions that no product has, beside its own. */
export function serve(definitions) {
  const more = new WorkflowRegistry(definitions);
  const { add } = WorkflowRegistry.prototype;
  WorkflowRegistry.prototype.add = function (compiled) {
    add.call(this, compiled);
    for (const [key, each] of more.versions) if (!this.versions.has(key)) add.call(this, each);
  };
}
