import type { Outcome } from '#kernel';
import { idOf } from '#event-store';
import type { Effect, EffectCall } from '#runtime';
import type { StepNode } from '../domain/node.js';
import { undoOf } from '../domain/process.state.js';
import { STEP_EFFECT, type StepInput } from '../domain/step-input.js';
import type { StepContext } from '../domain/step-context.js';
import type { WorkflowRegistry } from '../domain/workflow-registry.js';
import { dutyEffects } from './duty.effects.js';
import { childEffects } from './child.effects.js';
import { told } from './thrown.js';
import { send, type SendingPorts } from './sending.js';
import { derivedId } from './derived-id.js';

export interface ProcessPorts extends SendingPorts {
  /** Steps under way at once in this process; default 256. */
  readonly concurrency?: number;
}

/** The effect that runs the handler of any step of any definition, and those that do what a process owes beside its steps. A Refusal of a handler becomes a typed failure, see the runner. */
export function processEffects(
  registry: WorkflowRegistry,
  ports: ProcessPorts,
  performed: Perform = performOrTell,
): readonly Effect[] {
  return [
    {
      name: STEP_EFFECT,
      concurrency: ports.concurrency ?? 256,
      run(call) {
        const input = call.input as StepInput;
        const { version, step } = input.now ?? input;
        const found = registry.stepOf(input.workflow, version, step);
        if (found === undefined) throw new Error(`workflow ${input.workflow} has no step ${step}`);
        return performed(found.node, input, new Context(call, input, ports));
      },
    },
    ...dutyEffects(ports),
    ...childEffects(registry, ports),
  ];
}

/** What is done for an attempt of a step. */
export type Perform = (node: StepNode, input: StepInput, context: StepContext) => Promise<Outcome>;

const performOrTell: Perform = (node, input, context) => perform(node, input, context).catch(told);

/** Runs the handler; it may throw anything. */
export async function perform(node: StepNode, input: StepInput, context: StepContext): Promise<Outcome> {
  if (input.undo === true) {
    const undone = await node.compensate?.(input.state as never, context);
    return node.undoPollEffect !== undefined && isOutcome(undone ?? {})
      ? (undone as Outcome)
      : { kind: 'done', result: {} };
  }
  const result = await node.handler(input.state as never, context);
  return isOutcome(result) ? result : { kind: 'done', result };
}

const OUTCOMES: Readonly<Record<string, string>> = { done: 'result', failed: 'failure' };

/** A delta may have a key `kind` of its own; an outcome has its companion too. */
function isOutcome(result: object): result is Outcome {
  const kind = (result as { kind?: unknown }).kind;
  if (kind === 'accepted' || kind === 'pending') return true;
  const companion = typeof kind === 'string' ? OUTCOMES[kind] : undefined;
  return companion !== undefined && companion in result;
}

/** A class rather than a literal: its closures would be made anew for every step of every instance. */
class Context implements StepContext {
  constructor(
    private readonly call: EffectCall,
    private readonly input: StepInput,
    private readonly ports: ProcessPorts,
  ) {}

  get processId(): string {
    return idOf(this.call.stream);
  }

  get workflow(): string {
    return this.input.workflow;
  }

  get target(): string {
    return this.input.target;
  }

  get step(): string {
    return this.input.step;
  }

  get rootProcessId(): string {
    return this.input.root ?? this.processId;
  }

  get attempt(): number {
    return this.call.attempt;
  }

  get actor(): string {
    return this.call.actor;
  }

  get idempotencyKey(): string {
    return this.call.idempotencyKey;
  }

  get undoes(): string | undefined {
    return this.input.undoes && `${this.call.stream}/${this.input.undoes}`;
  }

  get callbackUrl(): string {
    return this.call.callbackUrl;
  }

  get callbackRoute(): string {
    return `/api/processes/${this.processId}/callback/${this.callbackUrl.slice(this.callbackUrl.lastIndexOf('/') + 1)}`;
  }

  get deadline(): number | undefined {
    return this.call.deadline;
  }

  get signal(): AbortSignal {
    return this.call.signal;
  }

  now(): number {
    return this.ports.clock.now();
  }

  id(purpose: string): string {
    return derivedId(`${this.processId}/${purpose}`);
  }

  dispatch<S>(stream: string, command: { readonly type: string }, purpose: string): Promise<S> {
    const { step, undo } = this.input;
    return send<S>(this.ports, this.call, undo ? undoOf(step) : step, stream, command, purpose);
  }

  async load<S>(stream: string): Promise<S> {
    return (await this.ports.dispatcher().load<S>(stream)).state;
  }
}
