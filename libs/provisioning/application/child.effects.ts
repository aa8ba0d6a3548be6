import type { Clock, Driving, Outcome } from '#kernel';
import { idOf } from '#event-store';
import { fault, type Dispatcher, type Effect } from '#runtime';
import { endInput, type EndInput, type ReportInput } from '../domain/operation.next.js';
import { endOf, type OperationState } from '../domain/operation.state.js';
import { REPORT_END } from '../domain/provisioner-terms.js';
import {
  ASK_CHILD_OPERATION,
  operationStream,
  type CreateOperation,
  type OperationResult,
  type ResourceManifest,
} from '../published/index.js';

export interface ChildPorts {
  readonly clock: Clock;
  readonly dispatcher: () => Dispatcher;
}

/** Law 10: a child tells its parent its end by a message that it owes; a parent whose wait is overdue asks the child's stream. */
export function childEffects({ clock, dispatcher }: ChildPorts): readonly Effect[] {
  return [
    {
      name: REPORT_END,
      async run(call) {
        const { parent, end } = call.input as ReportInput;
        const { correlationId, actor, tenant, traceparent } = call;
        const outcome = outcomeOf(idOf(call.stream), end);
        const time = clock.now();
        const said = {
          type: 'Outcome',
          key: parent.key,
          attempt: 0,
          outcome,
          time,
          jitter: 0,
          via: 'callback',
        } as const;
        const command: Driving = { ...said, callbackId: call.idempotencyKey };
        const context = { commandId: call.idempotencyKey, correlationId, causationId: call.idempotencyKey };
        await dispatcher().dispatch(parent.stream, command, { ...context, actor, tenant, traceparent }, 'machine');
        return { kind: 'done', result: {} };
      },
    },
    {
      name: ASK_CHILD_OPERATION,
      async run({ input }) {
        const { location = '' } = input as { readonly location?: string };
        const { state } = await dispatcher().load<OperationState>(location);
        if (state.status === 'ABSENT') return fault('unknown', 'request_absent', 'there is no such operation');
        const end = endOf(state);
        return end === undefined ? { kind: 'pending' } : outcomeOf(idOf(location), endInput(state, end));
      },
    },
  ];
}

/** A failure is final for the parent's key: what it had made is taken back or left by decision, so a resume begins another child. */
function outcomeOf(operationId: string, end: EndInput): Outcome {
  if (end.kind === 'failed') return fault('refused', end.code, end.message);
  const result: OperationResult = { operationId, resources: end.resources as OperationResult['resources'] };
  return { kind: 'done', result };
}

/**
 * The effect of a stage that is done by an operation: begins the child and leaves the stage waiting for it. The stage names
 * `childOperationPolicy` and, as its pollEffect, ASK_CHILD_OPERATION; its result comes as {@link OperationResult}.
 */
export function childOperationEffect(
  name: string,
  manifestOf: (input: unknown) => ResourceManifest,
  { clock, dispatcher, childId }: ChildPorts & { readonly childId: (idempotencyKey: string) => string },
): Effect {
  return {
    name,
    async run(call) {
      const { stream, key, idempotencyKey, correlationId, actor, tenant, traceparent } = call;
      const child = operationStream(childId(idempotencyKey));
      const manifest = manifestOf(call.input);
      const command: CreateOperation = {
        type: 'CreateOperation',
        manifest,
        parent: { stream, key },
        time: clock.now(),
      };
      const context = {
        commandId: idempotencyKey,
        correlationId,
        causationId: idempotencyKey,
        actor,
        tenant,
        traceparent,
      };
      await dispatcher().dispatch(child, command, context, 'machine');
      return { kind: 'accepted', location: child };
    },
  };
}
