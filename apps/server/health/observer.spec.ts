import { describe, expect, it } from '@jest/globals';
import { createLogger, createMetrics, runInContext } from '#platform';
import { observing } from './observer.js';

describe('the line about an instance that is left alone', () => {
  const readStream = async (stream: string) => ({
    events: stream === 'process-1' ? [{ metadata: JSON.stringify({ $correlationId: 'its own' }) }] : [],
  });

  it.each([
    ['process-1', 'its own'],
    ['worklist', ''],
  ])('of %s has the correlation id %j, not that of whichever request armed the timer', async (stream, wanted) => {
    const lines: string[] = [];
    const logger = createLogger({ destination: { write: (line: string) => void lines.push(line) } });
    const { stuck } = observing(createMetrics(), logger, { readStream } as never);
    runInContext({ correlationId: 'another' }, () => stuck!(stream, new Error('no plan')));
    await new Promise((resolve) => setImmediate(resolve));
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { stream, correlationId: wanted, level: 'warn', err: { message: 'no plan' } },
    ]);
  });
});
