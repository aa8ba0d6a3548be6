import type { Clock, Driving, Outcome } from '#kernel';
import { idOf } from '#event-store';
import { fault, requestKey, type Dispatcher, type Effect, type EffectCall } from '#runtime';
import { endInput, type EndInput, type ReportInput } from '../domain/operation.next.js';
import { endOf, REPORT, type OperationState } from '../domain/operation.state.js';
import { REPORT_END } from '../domain/provisioner-terms.js';
import {
  ASK_CHILD_OPERATION,
  ASK_TAKEN_BACK,
  operationStream,
  type CreateOperation,
  type OperationResult,
  type Parent,
  type ResourceManifest,
} from '../published/index.js';

export interface ChildPorts {
  readonly clock: Clock;
  readonly dispatcher: () => Dispatcher;
}

/** Law 10: a child tells its parent its end by a message that it owes; a parent whose wait is overdue looks for itself. */
export function childEffects(ports: ChildPorts): readonly Effect[] {
  return [
    {
      name: REPORT_END,
      async run(call) {
        const { parent, end } = call.input as ReportInput;
        await tell(ports, call, parent, call.stream, end);
        return { kind: 'done', result: {} };
      },
    },
    {
      name: ASK_CHILD_OPERATION,
      /** The message of a child that has ended is delivered once more; who got it already hears nothing. */
      async run(call) {
        const { location: child = '' } = call.input as { readonly location?: string };
        const { state } = await ports.dispatcher().load<OperationState>(child);
        if (state.status === 'ABSENT') return fault('unknown', 'request_absent', 'there is no such operation');
        const end = endOf(state);
        if (end !== undefined) await tell(ports, call, call, child, endInput(state, end));
        return { kind: 'pending' };
      },
    },
    {
      name: ASK_TAKEN_BACK,
      /** Where it cannot be taken back people find it with the operation. */
      async run(call) {
        const { location: child = '' } = call.input as { readonly location?: string };
        const { state } = await ports.dispatcher().load<OperationState>(child);
        return state.status === 'DEPROVISIONED' ? { kind: 'done', result: {} } : { kind: 'pending' };
      },
    },
  ];
}

async function tell({ clock, dispatcher }: ChildPorts, call: EffectCall, parent: Parent, child: string, end: EndInput) {
  const { correlationId, actor, tenant, traceparent } = call;
  const commandId = `${child}/${requestKey(REPORT, 1)}`;
  const said = { type: 'Outcome', key: parent.key, attempt: 0, via: 'callback', callbackId: commandId } as const;
  const command: Driving = { ...said, outcome: outcomeOf(idOf(child), end), time: clock.now(), jitter: 0 };
  const context = { commandId, correlationId, causationId: call.idempotencyKey, actor, tenant, traceparent };
  await dispatcher().dispatch(parent.stream, command, context, 'machine');
}

/** A failure is final for the parent's key: what it had made is taken back or left by decision, so a resume begins another child. */
function outcomeOf(operationId: string, end: EndInput): Outcome {
  if (end.kind === 'failed')
    return fault('refused', end.code, end.message, end.status === undefined ? {} : { status: end.status });
  const resources = end.kind === 'provisioned' ? (end.resources as OperationResult['resources']) : {};
  const result: OperationResult = { operationId, resources };
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
