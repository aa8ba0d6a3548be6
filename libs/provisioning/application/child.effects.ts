import type { Clock, Driving, Outcome } from '#kernel';
import { idOf } from '#event-store';
import { fault, requestKey, type Dispatcher, type Effect, type EffectCall } from '#runtime';
import { endInput, type EndInput, type ReportInput } from '../domain/operation.next.js';
import { endOf, hasEnded, removalEndOf, REPORT, type OperationState } from '../domain/operation.state.js';
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
        await tell(ports, call, parent, call.stream, call.key, end);
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
        if (end !== undefined) await tell(ports, call, call, child, requestKey(REPORT, 1), endInput(state, end));
        return { kind: 'pending' };
      },
    },
    {
      name: ASK_TAKEN_BACK,
      /**
       * Who is told hears of it at once, and where it cannot be taken back people find it with the operation: then there is no hurry. Who came
       * while it was being taken back already is told nothing, and learns here how that ended.
       */
      async run(call) {
        const { location: child = '' } = call.input as { readonly location?: string };
        const { state } = await ports.dispatcher().load<OperationState>(child);
        if (state.status === 'ABSENT') return fault('unknown', 'request_absent', 'there is no such operation');
        const end = removalEndOf(state);
        if (end !== undefined) return outcomeOf(idOf(child), endInput(state, end));
        const isTold = state.tell?.stream === call.stream && state.tell.key === call.key;
        return isTold || hasEnded(state) ? { kind: 'pending', retryAfterMs: TOLD_MS } : { kind: 'pending' };
      },
    },
  ];
}

/** How often is asked what is told anyway, ms. */
const TOLD_MS = 30_000;

async function tell(
  { clock, dispatcher }: ChildPorts,
  call: EffectCall,
  parent: Parent,
  child: string,
  said: string,
  end: EndInput,
) {
  const { correlationId, actor, tenant, traceparent } = call;
  const commandId = `${child}/${said}`;
  const answer = { type: 'Outcome', key: parent.key, attempt: 0, via: 'callback', callbackId: commandId } as const;
  const command: Driving = { ...answer, outcome: outcomeOf(idOf(child), end), time: clock.now(), jitter: 0 };
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
