import type { Clock, Outcome } from '#kernel';
import { idOf } from '#event-store';
import type { Dispatcher, Effect, EffectCall } from '#runtime';
import { stepAt } from '../domain/compiled.js';
import { STEP_EFFECT, type StepInput } from '../domain/process.next.js';
import type { StepContext } from '../domain/step-context.js';
import type { WorkflowRegistry } from '../domain/workflow-registry.js';
import { uuidV5 } from './uuid-v5.js';

export interface ProcessPorts {
  /** A function, because the dispatcher is made from these effects. */
  readonly dispatcher: () => Dispatcher;
  readonly clock: Clock;
  /** Steps under way at once in this process; default 256. */
  readonly concurrency?: number;
}

/** The effect that runs the handler of any step of any definition. A Refusal of a handler becomes a typed failure, see the runner. */
export function processEffects(registry: WorkflowRegistry, ports: ProcessPorts): readonly Effect[] {
  return [
    {
      name: STEP_EFFECT,
      concurrency: ports.concurrency ?? 256,
      async run(call) {
        const input = call.input as StepInput;
        const found = stepAt(registry.find(input.workflow, input.version), input.step);
        if (found === undefined) throw new Error(`workflow ${input.workflow} has no step ${input.step}`);
        const result = await found.node.handler(input.state as never, contextOf(call, input, ports));
        return isOutcome(result) ? result : { kind: 'done', result };
      },
    },
  ];
}

const OUTCOMES: Readonly<Record<string, string>> = { done: 'result', failed: 'failure' };

/** A delta may have a key `kind` of its own; an outcome has its companion too. */
function isOutcome(result: object): result is Outcome {
  const kind = (result as { kind?: unknown }).kind;
  if (kind === 'accepted' || kind === 'pending') return true;
  const companion = typeof kind === 'string' ? OUTCOMES[kind] : undefined;
  return companion !== undefined && companion in result;
}

function contextOf(call: EffectCall, input: StepInput, { dispatcher, clock }: ProcessPorts): StepContext {
  const processId = idOf(call.stream);
  return {
    processId,
    workflow: input.workflow,
    target: input.target,
    step: input.step,
    attempt: call.attempt,
    idempotencyKey: call.idempotencyKey,
    get callbackUrl() {
      return call.callbackUrl;
    },
    deadline: call.deadline,
    signal: call.signal,
    now: () => clock.now(),
    id: (purpose) => uuidV5(`${processId}/${purpose}`),
    async dispatch<S>(stream: string, command: { readonly type: string }, purpose: string): Promise<S> {
      const { correlationId, actor, tenant, traceparent } = call;
      const commandId = uuidV5(`${call.stream}/${input.step}/${purpose}`);
      const context = { commandId, correlationId, causationId: call.idempotencyKey, actor, tenant, traceparent };
      return (await dispatcher().dispatch<S>(stream, command, context, 'machine')).state;
    },
  };
}
