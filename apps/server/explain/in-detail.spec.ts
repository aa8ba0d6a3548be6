import { describe, expect, it } from '@jest/globals';
import type { QueryBus } from '@nestjs/cqrs';
import { StoreUnavailable } from '#event-store';
import type { Parts } from '../composition/parts.js';
import { ExplainIfOpen, ExplainIfOpenHandler } from './in-detail.js';

const told = (answer: () => unknown, trouble?: string) => {
  const queries = { execute: async () => answer() } as unknown as QueryBus;
  const handler = new ExplainIfOpenHandler({ trouble: () => trouble } as unknown as Parts, queries);
  return handler.execute(new ExplainIfOpen('process-1'));
};
const fails = (error: Error) => () => {
  throw error;
};

describe('what an instance waits for, beside its detail', () => {
  it('is told of one that is open only', async () => {
    const open = { open: true };
    expect(await told(() => open)).toBe(open);
    expect(await told(() => ({ open: false }))).toBeNull();
  });

  it('is left out while the log is away, and of a stream that cannot be read; any other fault is told', async () => {
    expect(await told(fails(new Error('asked all the same')), 'the log does not answer')).toBeNull();
    expect(await told(fails(new StoreUnavailable('gone', true)))).toBeNull();
    await expect(told(fails(new TypeError('ours')))).rejects.toThrow('ours');
  });
});
