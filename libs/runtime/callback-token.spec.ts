import { describe, expect, it } from '@jest/globals';
import { CallbackTokens } from './callback-token.js';

const key = (id: string, byte: number) => ({ id, key: new Uint8Array(32).fill(byte) });

describe('callback tokens', () => {
  const tokens = new CallbackTokens([key('new', 1), key('old', 2)], 'http://here');

  it('stand for a stream and a request key', () => {
    expect(tokens.open(tokens.mint('portfolio-1', 'TENANT/1'))).toEqual({ stream: 'portfolio-1', key: 'TENANT/1' });
    expect(tokens.url('portfolio-1', 'TENANT/1')).toBe(
      `http://here/api/callbacks/${tokens.mint('portfolio-1', 'TENANT/1')}`,
    );
  });

  it('are the same for all attempts, also after a rotation when the frozen key is named', () => {
    const before = new CallbackTokens([key('old', 2)], 'http://here').mint('portfolio-1', 'TENANT/1');
    expect(tokens.mint('portfolio-1', 'TENANT/1', 'old')).toBe(before);
    expect(tokens.open(before)).toEqual({ stream: 'portfolio-1', key: 'TENANT/1' });
  });

  it('keep the address that the intent froze, also when key and address have changed since', () => {
    const before = new CallbackTokens([key('old', 2)], 'http://there');
    expect(tokens.url('portfolio-1', 'TENANT/1', before.current)).toBe(before.url('portfolio-1', 'TENANT/1'));
    expect(tokens.url('portfolio-1', 'TENANT/1', 'old')).toMatch(/^http:\/\/here\//);
  });

  it('open for nobody who does not hold a key', () => {
    const foreign = new CallbackTokens([key('new', 9)], '').mint('portfolio-1', 'TENANT/1');
    const [body, mac] = tokens.mint('portfolio-1', 'TENANT/1').split('.') as [string, string];
    const other = Buffer.from(JSON.stringify(['portfolio-2', 'TENANT/1', 'new'])).toString('base64url');
    for (const bad of [
      foreign,
      `${other}.${mac}`,
      `${body}.`,
      body,
      `${body}.${mac}x`,
      '',
      '.',
      'x'.repeat(5_000),
      `!!.${mac}`,
    ])
      expect(tokens.open(bad)).toBeUndefined();
  });
});
