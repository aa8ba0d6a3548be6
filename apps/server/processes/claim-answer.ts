import { Injectable } from '@nestjs/common';
import { Refusal } from '#kernel';
import { awaitsClaim, processStream, type ProcessState } from '#workflow';
import { lookUntil } from '../composition/look-until.js';
import { Parts } from '../composition/parts.js';
import type { Accepted } from '../http/command-sender.js';

/** How long a start waits for the answer of the subscription that it claims, ms. */
const PATIENCE_MS = 3_000;

/** A start is answered when the subscription has answered the claim: with the process, or with the reason why it is none. */
@Injectable()
export class ClaimAnswer {
  constructor(private readonly parts: Parts) {}

  /** Of a process that claims nothing the answer stands. Throws the subscription's refusal; `outcome_unknown` 503 when it has not answered in time: a repeat tells. */
  async awaited(accepted: Accepted): Promise<Accepted> {
    const { clock, runtime } = this.parts;
    const look = () => runtime.load<ProcessState>(processStream(accepted.id));
    const { state, position } = await lookUntil(clock, PATIENCE_MS, look, (seen) => !isClaiming(seen.state));
    if (isClaiming(state)) throw unanswered(accepted.id);
    if (state.status === 'none' || state.claims === undefined) return accepted;
    if (state.status !== 'refused') return { id: accepted.id, position };
    const { details, ...refusal } = state.refusal;
    throw Refusal.recorded({ ...refusal, details });
  }
}

const isClaiming = (state: ProcessState): boolean =>
  state.status !== 'none' && state.status !== 'refused' && awaitsClaim(state);

const unanswered = (id: string): Refusal =>
  new Refusal('outcome_unknown', 503, 'the subscription has not answered the claim in time', {
    outcome: 'unknown',
    process_id: id,
    retryAfter: PATIENCE_MS / 1_000,
  });
