import { describe, expect, it } from '@jest/globals';
import { Names } from './names.js';

const PREFIXES = ['', 'a_', 'a_b_', 'ab_'];

describe('stream names on a server that several use', () => {
  it.each(PREFIXES)('of the prefix "%s" belong to that installation alone', (prefix) => {
    const names = new Names(prefix);
    for (const stream of ['portfolio-1', 'csp-azure', 'process-a_b-c']) {
      const seenBy = PREFIXES.filter((other) => new Names(other).fromServer(names.toServer(stream)) !== undefined);
      expect(seenBy).toEqual([prefix]);
      expect(names.fromServer(names.toServer(stream))).toBe(stream);
    }
    for (const other of PREFIXES) expect(names.fromServer(new Names(other).logIdStream)).toBeUndefined();
  });

  it('leave out what is no stream of a category', () => {
    for (const stream of ['$settings', '$$portfolio-1', 'orders', '1-1', '-1', 'some_thing-1', ''])
      expect(new Names('').fromServer(stream)).toBeUndefined();
  });

  it('need a prefix that ends in an underscore', () => {
    expect(() => new Names('purveyor')).toThrow('does not end in an underscore');
  });
});
