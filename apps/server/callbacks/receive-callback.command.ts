import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { callbackOutcome } from '#csp';
import { Refusal, type Driving, type Outcome } from '#kernel';
import { uuidV5, verifyWebhook } from '#platform';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import { acceptSilence, unknown } from './callback-window.js';
import { waitingIn } from './waiting-requests.js';

/** Answers the log position at which views show it. */
export class ReceiveCallback extends Command<number> {
  constructor(
    readonly token: string,
    readonly rawBody: Uint8Array,
    readonly headers: Readonly<Record<string, string | undefined>>,
    readonly caller: Caller,
  ) {
    super();
  }
}

/**
 * Order matters: token, then signature, then body; only then is a stream read. What the answer is, the decision says: an append or a
 * remembered webhook id is 202; where nothing was appended, the state in which that was decided tells why.
 */
@CommandHandler(ReceiveCallback)
export class ReceiveCallbackHandler implements ICommandHandler<ReceiveCallback> {
  constructor(private readonly parts: Parts) {}

  async execute({ token, rawBody, headers, caller }: ReceiveCallback): Promise<number> {
    const { tokens, config, clock, plans } = this.parts;
    const target = tokens.open(token);
    if (target === undefined)
      throw new Refusal('callback_unknown', 404, 'the token of this address is not one of ours');
    const signed = verifyWebhook(config.webhookSecrets, headers, rawBody, clock.now());
    if (!signed.ok) throw new Refusal('callback_bad_signature', 401, signed.reason);
    const { stream, key } = target;
    const outcome = outcomeOf(rawBody);
    const waiting = waitingIn(stream, plans);
    if (waiting === undefined) throw unknown();
    const { events, repeated, state, position } = await this.decide(stream, key, outcome, signed.id, caller);
    if (events.length === 0 && !repeated) acceptSilence(waiting, state, key, outcome);
    return position;
  }

  /** Attempt 0: the other side answers the request, whichever attempt brought it there. */
  private decide(stream: string, key: string, outcome: Outcome, webhookId: string, caller: Caller) {
    const { clock, ids, runtime } = this.parts;
    const { actor, tenant, correlationId, traceparent } = caller;
    const time = clock.now();
    const command: Driving = { type: 'Outcome', key, attempt: 0, outcome, time, jitter: ids.random(), via: 'callback' };
    const commandId = uuidV5(JSON.stringify(['callback', stream, key, webhookId]));
    const context = { commandId, correlationId, causationId: webhookId, actor, tenant, traceparent };
    return runtime.dispatch(stream, command, context, 'callback');
  }
}

function outcomeOf(rawBody: Uint8Array): Outcome {
  const outcome = callbackOutcome(parsed(rawBody));
  if (outcome === undefined) throw new Refusal('callback_malformed', 400, 'status must be done, failed or progress');
  return outcome;
}

function parsed(rawBody: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(rawBody).toString('utf8'));
  } catch {
    throw new Refusal('callback_malformed', 400, 'the body is not JSON');
  }
}
