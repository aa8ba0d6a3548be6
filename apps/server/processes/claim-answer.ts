import { Injectable } from '@nestjs/common';
import { Refusal } from '#kernel';
import { pause } from '#runtime';
import { awaitsClaim, processStream, type ProcessState } from '#workflow';
import { Parts } from '../composition/parts.js';
import type { Accepted } from '../http/command-sender.js';

/** How long a start waits for the answer of the subscription that it claims, and how often it looks, ms. */
const PATIENCE_MS = 3_000;
const LOOK_MS = 10;

/** A start is answered when the subscription has answered the claim: with the process, or with the reason why it is none. */
@Injectable()
export class ClaimAnswer {
  constructor(private readonly parts: Parts) {}

  /** Of a process that claims nothing the answer stands. Throws the subscription's refusal; `outcome_unknown` 503 when it has not answered in time: a repeat tells. */
  async awaited(accepted: Accepted): Promise<Accepted> {
    const { clock, runtime } = this.parts;
    const latest = clock.now() + PATIENCE_MS;
    for (let waitMs = LOOK_MS; ; waitMs = Math.min(waitMs * 2, 10 * LOOK_MS)) {
      const { state, position } = await runtime.load<ProcessState>(processStream(accepted.id));
      if (state.status === 'none' || state.claims === undefined) return accepted;
      if (state.status === 'refused') {
        const { details, ...refusal } = state.refusal;
        throw Refusal.recorded({ ...refusal, details });
      }
      if (!awaitsClaim(state)) return { id: accepted.id, position };
      if (clock.now() >= latest) throw unanswered(accepted.id);
      await pause(clock, waitMs);
    }
  }
}

const unanswered = (id: string): Refusal =>
  new Refusal('outcome_unknown', 503, 'the subscription has not answered the claim in time', {
    outcome: 'unknown',
    process_id: id,
    retryAfter: PATIENCE_MS / 1_000,
  });
