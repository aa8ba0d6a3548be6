import { describe, expect, it } from '@jest/globals';
import { readEventStore } from './connection-string.js';

describe('the connection string of EventStoreDB', () => {
  it.each([
    'embedded',
    'esdb://127.0.0.1:2113?tls=false',
    'esdb://db',
    'esdb://n1:2113,n2:2113,n3.example:2113/?tlsCAFile=/etc/ca.crt&gossipTimeout=2',
    'esdb+discover://ada:p%40ss%2Fword@cluster.example:2113?TLS=true',
  ])('%s is taken as it is', (text) => {
    expect(readEventStore(text)).toBe(text);
  });

  it.each([
    ['a password that is not encoded', 'esdb://ada:p@ss@db:2113'],
    ['a slash in the password', 'esdb://ada:se/cret@db:2113'],
    ['a colon in the password', 'esdb://ada:se:cret@db:2113'],
    ['a wrong percent sign', 'esdb://ada:100%@db:2113'],
    ['a user without a password', 'esdb://ada@db:2113'],
    ['a port that is a word', 'esdb://db:port'],
    ['a port beyond all', 'esdb://db:70000'],
    ['a setting that nobody knows', 'esdb://db:2113?tsl=false'],
    ['a setting without a value', 'esdb://db:2113?tls'],
    ['an empty setting', 'esdb://db:2113?tls=false&&'],
    ['an empty host', 'esdb://db:2113,'],
    ['no host', 'esdb://'],
    ['another scheme', 'http://db:2113'],
    ['a space', 'esdb://db:2113 ?tls=false'],
  ])('%s is refused', (_what, text) => {
    expect(readEventStore(text)).toBeUndefined();
  });
});
