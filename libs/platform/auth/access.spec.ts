import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCESS_ROLES, ANONYMOUS, makeToken, openAccess } from '#platform';
import { VirtualClock } from '#testing';

const [ada, bob] = [makeToken('ada', 'operate'), makeToken('bob', 'read')];
let directory: string;
let tokensFile: string;
let clock: VirtualClock;
let told: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'purveyor-access-'));
  tokensFile = join(directory, 'tokens');
  clock = new VirtualClock();
  told = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

const log = {
  info: (_: object, message: string) => void told.push(`info ${message}`),
  error: ({ fault }: { fault?: string }, message: string) => void told.push(`error ${message}: ${fault}`),
};
const open = () => openAccess({ host: '0.0.0.0', tokensFile }, clock, log);
const bearer = ({ value }: { value: string }) => `Bearer ${value}`;

/** As a deployment does it: the new file takes the place of the old one. */
function replaceFile(text: string): void {
  writeFileSync(`${tokensFile}.new`, text);
  renameSync(`${tokensFile}.new`, tokensFile);
}

describe('access without tokens', () => {
  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('is open to this machine on %s', (host) => {
    const access = openAccess({ host }, clock, log);
    expect(access.identify(undefined)).toBe(ANONYMOUS);
    expect(ANONYMOUS.roles).toEqual(ACCESS_ROLES);
  });

  it.each(['0.0.0.0', '::', '192.0.2.7', 'purveyor.example', '127.example.org', 'localhost.example'])(
    'ends the start on %s with one line that says what to do',
    (host) => {
      let message = '';
      try {
        openAccess({ host }, clock, log);
      } catch (error) {
        ({ message } = error as Error);
      }
      expect(message).toContain(`PURVEYOR_HOST is ${host}`);
      expect(message).toContain('PURVEYOR_TOKENS_FILE');
      expect(message).not.toContain('\n');
    },
  );
});

describe('access by tokens', () => {
  it('names who sent a token that is in the file', () => {
    writeFileSync(tokensFile, ada.line);
    const access = open();
    expect(access.identify(bearer(ada))).toEqual({ tenant: 'default', actor: 'ada', roles: ['operate'] });
    expect(access.identify(`bearer  ${ada.value}`)?.actor).toBe('ada');
    for (const header of [undefined, '', ada.value, `Basic ${ada.value}`, `${bearer(ada)} x`, bearer(bob)])
      expect(access.identify(header)).toBeUndefined();
  });

  it('is refused by a file that everybody may write, and while it is one', () => {
    if (process.platform === 'win32') return;
    writeFileSync(tokensFile, ada.line);
    chmodSync(tokensFile, 0o666);
    expect(open).toThrow(/everybody may write the file/);
    chmodSync(tokensFile, 0o644);
    const access = open();
    chmodSync(tokensFile, 0o646);
    clock.advance(1_000);
    expect(() => access.state()).toThrow(/everybody may write/);
    expect(access.identify(bearer(ada))?.actor).toBe('ada');
  });

  it('follows the file within a second, and tells so', () => {
    writeFileSync(tokensFile, ada.line);
    const access = open();
    replaceFile(bob.line);
    expect(access.identify(bearer(ada))?.actor).toBe('ada');
    clock.advance(1_000);
    expect(access.identify(bearer(ada))).toBeUndefined();
    expect(access.identify(bearer(bob))?.actor).toBe('bob');
    expect(told).toEqual(['info the tokens file has changed and was read']);
  });

  it.each([
    ['broken', () => replaceFile(`${ada.line}\nhunter2`), /line 2/],
    ['gone', () => rmSync(tokensFile), /ENOENT/],
  ])(
    'keeps the earlier tokens while the file is %s, says so once in the log and always in health',
    (_, damage, why) => {
      writeFileSync(tokensFile, ada.line);
      const access = open();
      damage();
      for (let n = 0; n < 3; n++) {
        clock.advance(1_000);
        expect(access.identify(bearer(ada))?.actor).toBe('ada');
        expect(() => access.state()).toThrow(why);
        expect(() => access.state()).toThrow('the earlier tokens are in force');
      }
      expect(told).toEqual([expect.stringMatching(why)]);
      expect(told.join()).not.toContain('hunter2');
      replaceFile(bob.line);
      clock.advance(1_000);
      expect(access.state()).toBe('by token');
      expect(access.identify(bearer(bob))?.actor).toBe('bob');
    },
  );

  it('does not start over a file that it cannot use', () => {
    expect(open).toThrow('PURVEYOR_TOKENS_FILE: the file cannot be read (ENOENT)');
    writeFileSync(tokensFile, 'ada');
    expect(open).toThrow('PURVEYOR_TOKENS_FILE: line 1');
  });
});
