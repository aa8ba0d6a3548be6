import { Injectable } from '@nestjs/common';
import { idOf, type StoredEvent } from '#event-store';
import { canonical, Refusal, type CommandContext } from '#kernel';
import { hmac, uuidV5 } from '#platform';
import { Parts } from '../composition/parts.js';
import type { Caller } from './caller.js';
import { withPatience } from './patience.js';

/** Answer of every command: the instance, and the log position at which views show it. */
export interface Accepted {
  readonly id: string;
  readonly position: number;
}

/**
 * Sends commands of people to streams, and makes repeats with the same Idempotency-Key answer as the first time: what was done is
 * found in the stream itself by command id. Refusals `idempotency_key_reused` 422 and `request_in_flight` 409.
 */
@Injectable()
export class CommandSender {
  private readonly inFlight = new Set<string>();

  constructor(private readonly parts: Parts) {}

  /** UUIDv5 of tenant, route and key, or a fresh id; also the id of the stream a creating command makes. */
  commandId(caller: Caller): string {
    const { idempotencyKey, tenant, route } = caller;
    return idempotencyKey === undefined
      ? this.parts.ids.uuid()
      : uuidV5(JSON.stringify([tenant, route, idempotencyKey]));
  }

  /** `make` is called only for what is not a repeat: it may put secrets into the vault. Refusal `outcome_unknown` after 3 s. */
  send(
    stream: string,
    caller: Caller,
    commandId: string,
    body: unknown,
    make: () => Promise<{ readonly type: string }>,
  ): Promise<Accepted> {
    return withPatience(this.parts.clock, commandId, this.sendOnce(stream, caller, commandId, body, make));
  }

  private async sendOnce(
    stream: string,
    caller: Caller,
    commandId: string,
    body: unknown,
    make: () => Promise<{ readonly type: string }>,
  ): Promise<Accepted> {
    if (this.inFlight.has(commandId))
      throw new Refusal('request_in_flight', 409, 'a request with this Idempotency-Key is being worked on');
    this.inFlight.add(commandId);
    try {
      const context = this.context(caller, commandId, body);
      const done = caller.idempotencyKey === undefined ? undefined : await this.repeated(stream, context);
      if (done !== undefined) return done;
      const { position, repeated } = await this.parts.runtime.dispatch(stream, await make(), context);
      // Another process decided the same request since we looked: was it with the same body?
      if (repeated) await this.repeated(stream, context);
      return { id: idOf(stream), position };
    } finally {
      this.inFlight.delete(commandId);
    }
  }

  private context(
    { actor, tenant, correlationId, traceparent, idempotencyKey }: Caller,
    commandId: string,
    body: unknown,
  ) {
    const base: CommandContext = { commandId, correlationId, causationId: commandId, actor, tenant, traceparent };
    if (idempotencyKey === undefined) return base;
    return { ...base, bodyHash: hmac(this.parts.config.vaultKey, `body:${canonical(body ?? null)}`) };
  }

  private async repeated(stream: string, { commandId, bodyHash }: CommandContext): Promise<Accepted | undefined> {
    const events = await this.eventsOf(stream, commandId);
    const last = events.at(-1);
    if (last === undefined) return undefined;
    if ((JSON.parse(last.metadata) as { bodyHash?: string }).bodyHash !== bodyHash)
      throw new Refusal('idempotency_key_reused', 422, 'this Idempotency-Key was used with another body');
    return { id: idOf(stream), position: last.position };
  }

  /** Events of the one append that the command made. */
  private async eventsOf(stream: string, commandId: string): Promise<readonly StoredEvent[]> {
    const marked = `"commandId":${JSON.stringify(commandId)},`;
    for (let from: StoredEvent['revision'] | undefined; ;) {
      const page = await this.parts.store.readStream(stream, { from, limit: 500 });
      const found = page.events.filter((event) => event.metadata.includes(marked));
      if (found.length > 0) return found.filter((event) => event.metadata === found[0]!.metadata);
      const last = page.events.at(-1);
      if (page.end || last === undefined) return [];
      from = (last.revision + 1) as StoredEvent['revision'];
    }
  }
}
