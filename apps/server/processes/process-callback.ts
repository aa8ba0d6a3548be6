import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { categoryOf, idOf } from '#event-store';
import { Refusal, type Outcome } from '#kernel';
import { stepOf } from '#runtime';
import { awaitsCallback, PROCESS, type ProcessState } from '#workflow';
import { cameLate, judge } from '../callbacks/callback-window.js';
import { decideCallback } from '../callbacks/decide-callback.js';
import { waitingIn } from '../callbacks/waiting-requests.js';
import { requireRunning } from '../composition/engine-lock.js';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';

/** Answers the log position at which views show it. */
export class ReceiveProcessCallback extends Command<number> {
  constructor(
    readonly processId: string,
    readonly token: string,
    readonly outcome: Outcome,
    readonly caller: Caller,
    /** What an exact repeat is recognised by. */
    readonly callbackId: string,
  ) {
    super();
  }
}

/**
 * The Workflow Orchestrator's callback route, onto the one intake: the token alone says who calls, as there, so it opens the wait of a
 * callback step only. Refusals `engine_paused` 503, `callback_unknown` 404 and `process_not_awaiting` 409.
 */
@CommandHandler(ReceiveProcessCallback)
export class ReceiveProcessCallbackHandler implements ICommandHandler<ReceiveProcessCallback> {
  constructor(private readonly parts: Parts) {}

  async execute({ processId, token, outcome, caller, callbackId }: ReceiveProcessCallback): Promise<number> {
    requireRunning(this.parts);
    const target = this.parts.tokens.open(token);
    if (target === undefined || categoryOf(target.stream) !== PROCESS || idOf(target.stream) !== processId)
      throw invalidToken();
    const { stream, key } = target;
    const { state } = await this.parts.runtime.load<ProcessState>(stream);
    if (state.status === 'none') throw invalidToken();
    const { compiled } = this.parts.workflows.carrying(state);
    if (!awaitsCallback(compiled, state, stepOf(key))) throw invalidToken();
    const decided = await decideCallback(this.parts, { stream, key, callbackId }, outcome, caller);
    const waiting = waitingIn(stream, this.parts)!;
    if (cameLate(waiting, decided, key, outcome)) throw notAwaiting();
    if (decided.events.length > 0 || decided.repeated) return decided.position;
    const verdict = judge(waiting, decided.state, key, outcome);
    if (verdict === 'unknown') throw invalidToken();
    if (verdict === 'conflict' || verdict === 'late') throw notAwaiting();
    return decided.position;
  }
}

const invalidToken = () => new Refusal('callback_unknown', 404, 'Invalid token');
const notAwaiting = () => new Refusal('process_not_awaiting', 409, 'This process is not in an awaiting state.');
