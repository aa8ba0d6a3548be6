import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#kernel';
import { VirtualClock } from '#testing';
import type { Parts } from '../composition/parts.js';
import { RejectedCallbacks } from './rejected-callbacks.js';

interface Line {
  readonly source: string;
  readonly count: number;
  readonly sample: object;
}

function rejecting() {
  const clock = new VirtualClock();
  const lines: Line[] = [];
  const verdicts: string[] = [];
  const parts = {
    clock,
    logger: { warn: (line: Line) => lines.push(line) },
    metrics: { callbacks: { inc: ({ verdict }: { verdict: string }) => verdicts.push(verdict) } },
  } as unknown as Parts;
  return { clock, lines, verdicts, rejected: new RejectedCallbacks(parts) };
}
const forged = new Refusal('callback_bad_signature', 401, 'no_matching_signature');
const sample = { rawBody: Buffer.from('{"secret":"hunter2"}'), headers: { 'webhook-id': 'm', 'user-agent': 'curl' } };

describe('callbacks of strangers', () => {
  it('are one line per source and minute, with one sample that repeats nothing of the body', () => {
    const { clock, lines, verdicts, rejected } = rejecting();
    for (let n = 0; n < 500; n++) rejected.count('192.0.2.1', forged, sample);
    rejected.count('192.0.2.2', new Error('odd'), sample);
    expect(lines).toEqual([]);
    clock.advance(60_000);
    const first = { reason: 'callback_bad_signature', bytes: 20, id: 'm', agent: 'curl' };
    expect(lines).toEqual([
      { source: '192.0.2.1', count: 500, sample: first },
      { source: '192.0.2.2', count: 1, sample: { ...first, reason: 'failed' } },
    ]);
    expect(verdicts).toHaveLength(501);
    clock.advance(600_000);
    expect(lines).toHaveLength(2);
    rejected.count('192.0.2.1', forged, sample);
    clock.advance(60_000);
    expect(lines.at(-1)).toMatchObject({ source: '192.0.2.1', count: 1 });
  });

  it('cannot fill the memory: of more than a thousand sources the others are one, and ids are cut', () => {
    const { clock, lines, rejected } = rejecting();
    const long = { ...sample, headers: { 'webhook-id': 'i'.repeat(10_000), 'user-agent': 'a'.repeat(10_000) } };
    for (let n = 0; n < 5_000; n++) rejected.count(`source-${n}`, forged, long);
    clock.advance(60_000);
    expect(lines).toHaveLength(1_001);
    expect(lines.at(-1)).toMatchObject({ source: 'others', count: 4_000 });
    expect(JSON.stringify(lines[0]!.sample).length).toBeLessThan(400);
  });
});
