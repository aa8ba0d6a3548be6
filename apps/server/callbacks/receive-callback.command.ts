import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Refusal, type Outcome } from '#kernel';
import { verifyWebhook } from '#platform';
import { readCallback, stepOf, type CallbackVerdict, type Dispatched } from '#runtime';
import { requireRunning } from '../composition/engine-lock.js';
import { Parts } from '../composition/parts.js';
import { Caches } from '../settings/caches.js';
import { secretsOf } from '../composition/provisioners.js';
import type { Caller } from '../http/caller.js';
import { cameLate, judge, refuse, unknown } from './callback-window.js';
import { decideCallback } from './decide-callback.js';
import { RejectedCallbacks } from './rejected-callbacks.js';
import { waitingIn, type Waiting } from './waiting-requests.js';

/** Answers the log position at which views show it. */
export class ReceiveCallback extends Command<number> {
  constructor(
    readonly token: string,
    readonly rawBody: Uint8Array,
    readonly headers: Readonly<Record<string, string | undefined>>,
    readonly caller: Caller,
    /** Address it came from. */
    readonly source: string,
  ) {
    super();
  }
}

const KEPT_SIGNERS = 10_000;

interface Genuine {
  readonly stream: string;
  readonly key: string;
  readonly webhookId: string;
  readonly waiting: Waiting;
}

/**
 * Order matters: token, then signature, then body; only then is a stream read. What the answer is, the decision says: a change is
 * 202; where nothing was changed, what was noted, or the state in which that was decided, tells why.
 */
@CommandHandler(ReceiveCallback)
export class ReceiveCallbackHandler implements ICommandHandler<ReceiveCallback> {
  /** Resource type by stream and step: it never changes. */
  private readonly signers = new Map<string, string>();

  constructor(
    private readonly parts: Parts,
    private readonly rejected: RejectedCallbacks,
    caches: Caches,
  ) {
    const clear = () => {
      const { size } = this.signers;
      this.signers.clear();
      return size;
    };
    caches.register('callback_signers', { description: 'Whose secrets sign for a waiting request', clear });
  }

  async execute(command: ReceiveCallback): Promise<number> {
    const [genuine, said] = await this.read(command).catch((error: unknown) => {
      this.rejected.count(command.source, error, command);
      throw error;
    });
    requireRunning(this.parts);
    const { waiting, stream, key, webhookId: callbackId } = genuine;
    const outcome = await this.protectedOutcome(genuine, said);
    const decided = await decideCallback(this.parts, { stream, key, callbackId }, outcome, command.caller);
    await waiting.release?.(stepOf(key), outcome, decided.state);
    const verdict = verdictOf(genuine, outcome, decided);
    this.parts.metrics.callbacks.inc({ verdict });
    refuse(verdict);
    return decided.position;
  }

  private async read(command: ReceiveCallback): Promise<readonly [Genuine, Outcome]> {
    return [await this.authenticate(command), outcomeOf(command.rawBody)];
  }

  private async protectedOutcome({ waiting, stream, key }: Genuine, outcome: Outcome): Promise<Outcome> {
    const load = async () => (await this.parts.runtime.load(stream)).state;
    return (await waiting.protect?.(stream, stepOf(key), outcome, load)) ?? outcome;
  }

  /** Refusals `callback_unknown` 404 and `callback_bad_signature` 401. */
  private async authenticate({ token, headers, rawBody }: ReceiveCallback): Promise<Genuine> {
    const { tokens, config, clock } = this.parts;
    const target = tokens.open(token);
    if (target === undefined)
      throw new Refusal('callback_unknown', 404, 'the token of this address is not one of ours');
    const check = (secrets: readonly string[]): string => {
      const signed = verifyWebhook(secrets, headers, rawBody, clock.now());
      if (!signed.ok) throw new Refusal('callback_bad_signature', 401, signed.reason);
      return signed.id;
    };
    const own = config.provisioners.flatMap(({ secrets = [] }) => secrets);
    const webhookId = check([...config.webhookSecrets, ...own]);
    const waiting = waitingIn(target.stream, this.parts);
    if (waiting === undefined) throw unknown();
    if (own.length > 0) check(await this.secretsFor(waiting, target));
    return { ...target, webhookId, waiting };
  }

  /** Nobody answers for somebody else: where provisioners have secrets of their own, only those of the need's type count. */
  private async secretsFor(waiting: Waiting, { stream, key }: { readonly stream: string; readonly key: string }) {
    const { config, runtime } = this.parts;
    if (waiting.signer === undefined) return config.webhookSecrets;
    const address = `${stream}/${stepOf(key)}`;
    const type = this.signers.get(address) ?? waiting.signer((await runtime.load(stream)).state, stepOf(key));
    if (type !== undefined) this.signers.set(address, type);
    if (this.signers.size > KEPT_SIGNERS) this.signers.delete(this.signers.keys().next().value!);
    return secretsOf(config, type);
  }
}

/** A repeat is answered like the first time. */
function verdictOf(
  { waiting, key, webhookId }: Genuine,
  outcome: Outcome,
  decided: Dispatched,
): CallbackVerdict | 'accepted' {
  const { events, repeated, state } = decided;
  const noted = repeated || events.length > 0 ? waiting.answered?.(state, webhookId) : undefined;
  if (noted !== undefined) return noted;
  if (cameLate(waiting, decided, key, outcome)) return 'late';
  return repeated || events.length > 0 ? 'accepted' : judge(waiting, state, key, outcome);
}

function outcomeOf(rawBody: Uint8Array): Outcome {
  const read = readCallback(parsed(rawBody));
  if ('kind' in read) return read;
  throw new Refusal('callback_malformed', 400, 'the body is not a callback', {}, read.faults);
}

function parsed(rawBody: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(rawBody).toString('utf8'));
  } catch {
    throw new Refusal('callback_malformed', 400, 'the body is not JSON', {}, [
      { pointer: '', message: 'must be a JSON object' },
    ]);
  }
}
