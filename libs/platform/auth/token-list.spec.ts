import { describe, expect, it } from '@jest/globals';
import { findToken, makeToken, mayAct, readTokenList } from '#platform';

const [ada, bob] = [makeToken('ada', 'read'), makeToken('bob', 'admin')];

describe('the tokens file', () => {
  it('knows the tokens that were made, and no other', () => {
    const entries = readTokenList(`# people\n${ada.line}\r\n\n${bob.line}\n`);
    expect(findToken(entries, ada.value)).toMatchObject({ name: 'ada', roles: ['read'] });
    expect(findToken(entries, bob.value)?.name).toBe('bob');
    for (const other of ['', `${ada.value} `, ada.value.slice(0, -1), ada.line.split(':')[1]!])
      expect(findToken(entries, other)).toBeUndefined();
  });

  it('holds hashes, not values, and values are long', () => {
    expect(ada.line).not.toContain(ada.value.slice(9));
    expect(ada.value).toMatch(/^purveyor_[\w-]{43}$/);
    expect(makeToken('ada', 'read').value).not.toBe(ada.value);
  });

  it('names every bad line by number and never by content', () => {
    const [, , hash] = ada.line.split(' ');
    const bad = [
      `anonymous read ${hash}`,
      `eve rule ${hash}`,
      'eve read hunter2',
      `eve read ${hash} more`,
      `,x read ${hash}`,
    ];
    const text = [ada.line, ...bad].join('\n');
    let message = '';
    try {
      readTokenList(text);
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message.match(/line \d+/g)).toEqual(['line 2', 'line 3', 'line 4', 'line 5', 'line 6']);
    expect(message).not.toMatch(/hunter2|eve/);
  });

  it('refuses a file without a token', () => {
    expect(() => readTokenList('# nobody\n')).toThrow('no token');
  });
});

describe('roles', () => {
  it.each([
    ['read', [true, false, false]],
    ['operate', [true, true, false]],
    ['admin', [true, true, true]],
  ] as const)('%s includes those below it', (role, expected) => {
    expect((['read', 'operate', 'admin'] as const).map((needed) => mayAct([role], needed))).toEqual(expected);
  });
});
