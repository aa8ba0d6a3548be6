import { Injectable } from '@nestjs/common';
import { isRefusal } from '#kernel';
import { Parts } from '../composition/parts.js';

interface Tally {
  count: number;
  readonly sample: object;
}

const MINUTE_MS = 60_000;
/** Sources told apart in a minute; more are one. */
const SOURCES = 1_000;
const OTHERS = 'others';

/**
 * Callbacks that nobody of ours can have sent: one counter per source and minute with one sample, told in the log when the minute is
 * over. They touch no stream, so that nobody can fill the log from outside.
 */
@Injectable()
export class RejectedCallbacks {
  private readonly tallies = new Map<string, Tally>();

  constructor(private readonly parts: Parts) {}

  count(source: string, error: unknown, sample: { readonly rawBody: Uint8Array; readonly headers: object }): void {
    const reason = isRefusal(error) ? error.code : 'failed';
    this.parts.metrics.callbacks.inc({ verdict: reason });
    const known = this.tallies.has(source) || this.tallies.size < SOURCES;
    const place = known ? source : OTHERS;
    const tally = this.tallies.get(place);
    if (tally) tally.count++;
    else this.begin(place, reason, sample);
  }

  private begin(
    source: string,
    reason: string,
    { rawBody, headers }: { readonly rawBody: Uint8Array; readonly headers: object },
  ): void {
    if (this.tallies.size === 0) this.parts.clock.after(MINUTE_MS, () => this.tell());
    const { 'webhook-id': id, 'user-agent': agent } = headers as Readonly<Record<string, string | undefined>>;
    const sample = { reason, bytes: rawBody.length, id: id?.slice(0, 100), agent: agent?.slice(0, 100) };
    this.tallies.set(source, { count: 1, sample });
  }

  private tell(): void {
    for (const [source, { count, sample }] of this.tallies)
      this.parts.logger.warn({ source, count, sample }, 'callbacks were rejected in the last minute');
    this.tallies.clear();
  }
}
