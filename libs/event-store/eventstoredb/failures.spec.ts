import { describe, expect, it } from '@jest/globals';
import { Metadata } from '@grpc/grpc-js';
import { Corrupt, StoreUnavailable } from '../errors.js';
import { refusalOf } from './failures.js';

/** An error as grpc-js gives it. */
function failure(code: number, exception?: string, trailers: Record<string, string> = {}): Error {
  const metadata = new Metadata();
  if (exception !== undefined) metadata.set('exception', exception);
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return Object.assign(new Error('from the server'), { code, details: 'from the server', metadata });
}

const LEADER = { 'leader-endpoint-host': '127.0.0.1', 'leader-endpoint-port': '2113' };

describe('what a failed call means', () => {
  it.each<[what: string, error: Error]>([
    ['cancelled', failure(1)],
    ['unknown, as of a server that is starting', failure(2)],
    ['deadline exceeded', failure(4)],
    ['not the leader', failure(5, 'not-leader', LEADER)],
    ['aborted: the server timed out', failure(10)],
    ['internal: the stream was reset', failure(13)],
    ['unavailable', failure(14)],
    ['a raw error of the client with a code only', Object.assign(new Error('read ECONNRESET'), { code: 14 })],
    ['a failed discovery', new Error('Failed to discover after 10 attempts.')],
    ['our own time-out', new StoreUnavailable('no answer within 3000 ms', false)],
  ])('%s: the outcome is unknown', (_what, error) => {
    expect(refusalOf(error, 'process-1')).toBeUndefined();
  });

  it.each<[what: string, error: Error, code: string]>([
    ['too large', failure(3, 'maximum-append-size-exceeded', { 'maximum-append-size': '1' }), 'event_too_large'],
    ['denied', failure(7, 'access-denied'), 'store_access_denied'],
    ['wrong password', failure(16), 'store_access_denied'],
    ['deleted', failure(9, 'stream-deleted', { 'stream-name': 'process-1' }), 'stream_deleted'],
    ['invalid', failure(3), 'store_refused'],
    ['unimplemented', failure(12), 'store_refused'],
    ['no such group', failure(5, 'persistent-subscription-does-not-exist'), 'store_refused'],
    ['an error of ours', new Corrupt('broken'), 'corrupt'],
  ])('%s: a refusal', (_what, error, code) => {
    expect(refusalOf(error, 'process-1')?.code).toBe(code);
  });
});
