import { idOf } from '#event-store';
import { isRefusal, type Driving, type Outcome } from '#kernel';
import { operationStream, type AbortOperation } from '#provisioning/published';
import { fault, TAKE_OVER_MS, type Effect, type EffectCall } from '#runtime';
import type { Compiled } from '../domain/compiled.js';
import {
  ABORT_EFFECT,
  abortOf,
  stillAborting,
  TELL,
  TELL_EFFECT,
  tellInput,
  type AbortInput,
  type ChildAborted,
  type TellInput,
} from '../domain/duties.js';
import { hasEnded, type ProcessState, type StartedProcess } from '../domain/process.state.js';
import { quietAt } from '../domain/quiet.js';
import { ASK_CHILD_PROCESS } from '../domain/steps/sub-workflow.js';
import { toUndo } from '../domain/undo.js';
import type { WorkflowRegistry } from '../domain/workflow-registry.js';
import { processStream, type AbortProcess } from '../published/index.js';
import { send, type SendingPorts } from './sending.js';
import { derivedId } from './derived-id.js';

/** Law 10: a child tells its parent its end by a message that it owes; a parent whose wait is overdue looks for itself. */
export function childEffects(registry: WorkflowRegistry, ports: SendingPorts): readonly Effect[] {
  return [
    {
      name: TELL_EFFECT,
      async run(call) {
        await tell(ports, call, call.stream, call.input as TellInput);
        return { kind: 'done', result: {} };
      },
    },
    { name: ABORT_EFFECT, run: (call) => abortChild(registry, ports, call) },
    { name: ASK_CHILD_PROCESS, run: (call) => ask(ports, call) },
  ];
}

/** The message of a child that has ended is delivered once more; who got it already hears nothing. */
async function ask(ports: SendingPorts, call: EffectCall): Promise<Outcome> {
  const { location: child = '' } = call.input as { readonly location?: string };
  const { state } = await ports.dispatcher().load<ProcessState>(child);
  if (state.status === 'none') return fault('unknown', 'request_absent', 'there is no such process');
  if (hasEnded(state) && state.parent !== undefined) await tell(ports, call, child, tellInput(state, state.parent));
  return { kind: 'pending' };
}

async function tell(
  { clock, dispatcher }: SendingPorts,
  call: EffectCall,
  child: string,
  { parent, end }: TellInput,
): Promise<void> {
  const { correlationId, actor, tenant, traceparent, idempotencyKey } = call;
  const commandId = `${child}/${TELL}/1`;
  const said = { type: 'Outcome', key: parent.key, attempt: 0, via: 'callback', callbackId: commandId } as const;
  const outcome: Outcome =
    end.kind === 'completed'
      ? { kind: 'done', result: { processId: idOf(child), state: end.data } }
      : fault('refused', 'sub_workflow_aborted', end.message);
  const command: Driving = { ...said, outcome, time: clock.now(), jitter: 0 };
  const context = { commandId, correlationId, causationId: idempotencyKey, actor, tenant, traceparent };
  await dispatcher().dispatch(parent.stream, command, context, 'machine');
}

const abortChild = (registry: WorkflowRegistry, ports: SendingPorts, call: EffectCall): Promise<Outcome> =>
  (call.input as AbortInput).operation === true ? abortOperation(ports, call) : abortProcess(registry, ports, call);

/** The operation tells its end, which comes as the outcome of the step that began it. */
async function abortOperation(ports: SendingPorts, call: EffectCall): Promise<Outcome> {
  const { key, reason } = call.input as AbortInput;
  const child = operationStream(childId(call.stream, key));
  const command: AbortOperation = { type: 'AbortOperation', reason, time: ports.clock.now() };
  try {
    await send(ports, call, abortOf(key), child, command, command.type);
    return { kind: 'done', result: { awaited: true } satisfies ChildAborted };
  } catch (error) {
    if (isRefusal(error) && error.code === 'operation_not_found') return DONE;
    throw error;
  }
}

/** Is done when nothing of the child runs any more: until then it may work on what its root has claimed. */
async function abortProcess(registry: WorkflowRegistry, ports: SendingPorts, call: EffectCall): Promise<Outcome> {
  const child = processStream(childId(call.stream, (call.input as AbortInput).key));
  const state = await aborted(ports, call, child);
  if (state.status === 'none') return DONE;
  const busy = !registry.carries(state) || isBusy(registry.carrying(state).compiled, state);
  const wait = Math.max(quietAt(state) - ports.clock.now(), busy ? TAKE_OVER_MS : 0);
  return wait <= 0 ? DONE : fault('retryable', 'child_still_runs', `${child} still runs`, { retryAfterMs: wait });
}

const isBusy = (compiled: Compiled, state: StartedProcess): boolean =>
  stillAborting(compiled, state) || toUndo(compiled, state).length > 0;

/** The child as it is after its abort; one that is not there, or has ended by itself, hears nothing. */
async function aborted(ports: SendingPorts, call: EffectCall, child: string): Promise<ProcessState> {
  const { key, reason } = call.input as AbortInput;
  const command: AbortProcess = { type: 'AbortProcess', reason, time: ports.clock.now() };
  try {
    return await send<ProcessState>(ports, call, abortOf(key), child, command, command.type);
  } catch (error) {
    const code = isRefusal(error) ? error.code : undefined;
    if (code === 'process_not_found' || code === 'invalid_process_status')
      return (await ports.dispatcher().load<ProcessState>(child)).state;
    // Its code may be with another worker: this is tried again, which a refusal is not.
    throw code === 'definition_unavailable' ? new Error((error as Error).message, { cause: error }) : error;
  }
}

const DONE: Outcome = { kind: 'done', result: {} };

/** As a sub-workflow's step names its process: `context.id(context.idempotencyKey)`. */
const childId = (stream: string, key: string): string => derivedId(`${idOf(stream)}/${stream}/${key}`);
