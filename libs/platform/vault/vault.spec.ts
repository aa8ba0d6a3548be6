import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openFileVault } from './file-vault.js';
import { openSubjectKeys } from './subject-keys.js';

const key = new Uint8Array(32).fill(1);
const other = new Uint8Array(32).fill(2);
const SECRET = 'correct horse battery staple';
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'purveyor-vault-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const bytesOfAllFiles = (): Buffer =>
  Buffer.concat(readdirSync(directory).map((file) => readFileSync(join(directory, file))));
const tamper = (file: string, sql: string): void => {
  const database = new DatabaseSync(join(directory, file));
  database.exec(sql);
  database.close();
};

describe('openFileVault', () => {
  it('gives back what was put, over a restart', async () => {
    const vault = await openFileVault({ directory, key });
    const reference = await vault.put('portfolio-1/password', SECRET);
    expect(reference).toBe('vault:portfolio-1/password#1');
    vault.close();
    const again = await openFileVault({ directory, key });
    expect(await again.get(reference)).toBe(SECRET);
    again.close();
  });

  it('answers the same reference for the same value, the next version for another', async () => {
    const vault = await openFileVault({ directory, key });
    const references = [
      await vault.put('a', 'x'),
      await vault.put('a', 'x'),
      await vault.put('a', 'y'),
      await vault.put('a', 'x'),
      await vault.put('b#1', 'x'),
    ];
    expect(references).toEqual(['vault:a#1', 'vault:a#1', 'vault:a#2', 'vault:a#1', 'vault:b#1#1']);
    expect([await vault.get('vault:a#2'), await vault.get('vault:b#1#1')]).toEqual(['y', 'x']);
    vault.close();
  });

  it('forgets every version of a name, and only of that name', async () => {
    const vault = await openFileVault({ directory, key });
    const [first, second, other] = [await vault.put('a', 'x'), await vault.put('a', 'y'), await vault.put('b', 'x')];
    await vault.remove(first);
    await vault.remove(first);
    for (const gone of [first, second])
      await expect(vault.get(gone)).rejects.toMatchObject({ code: 'vault_not_found' });
    expect(await vault.get(other)).toBe('x');
    vault.close();
  });

  it('lists the versions of a name, and forgets one of them', async () => {
    const vault = await openFileVault({ directory, key });
    for (const secret of ['x', 'y', 'z']) await vault.put('a', secret);
    await vault.put('a/b', 'other');
    await vault.discard('vault:a#2');
    await vault.discard('vault:a#2');
    expect(await vault.versions('a')).toEqual([
      { reference: 'vault:a#1', secret: 'x' },
      { reference: 'vault:a#3', secret: 'z' },
    ]);
    expect(await vault.versions('none')).toEqual([]);
    vault.close();
  });

  it('writes no plaintext and no key', async () => {
    const vault = await openFileVault({ directory, key });
    await vault.put('name', SECRET);
    const open = bytesOfAllFiles();
    vault.close();
    for (const bytes of [open, bytesOfAllFiles()]) {
      expect(bytes.includes('vault') || bytes.includes('name')).toBe(true);
      expect(bytes.includes(SECRET)).toBe(false);
      expect(bytes.includes(Buffer.from(SECRET).toString('base64'))).toBe(false);
      expect(bytes.includes(Buffer.from(key))).toBe(false);
    }
  });

  it('says so when the key is another, and when there is no such secret', async () => {
    const vault = await openFileVault({ directory, key });
    await expect(vault.get('vault:a#1')).rejects.toMatchObject({ code: 'vault_not_found' });
    await expect(vault.get('a#1')).rejects.toMatchObject({ code: 'vault_bad_reference' });
    await expect(vault.put('', 'x')).rejects.toMatchObject({ code: 'vault_bad_reference' });
    vault.close();
    await expect(openFileVault({ directory, key: other })).rejects.toMatchObject({
      code: 'vault_wrong_key',
      message: expect.stringContaining('PURVEYOR_VAULT_KEY'),
    });
    await expect(openFileVault({ directory, key: key.subarray(1) })).rejects.toThrow('32 bytes');
  });

  it('detects changed bytes and a value moved to another reference', async () => {
    const vault = await openFileVault({ directory, key });
    const moved = await vault.put('moved', 'one');
    const flipped = await vault.put('flipped', 'two');
    await vault.put('source', 'three');
    vault.close();
    tamper(
      'vault.db',
      "UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE name = 'source') WHERE name = 'moved'",
    );
    tamper('vault.db', "UPDATE secret SET sealed = CAST(sealed || x'01' AS BLOB) WHERE name = 'flipped'");
    const again = await openFileVault({ directory, key });
    await expect(again.get(moved)).rejects.toMatchObject({ code: 'vault_damaged' });
    await expect(again.get(flipped)).rejects.toMatchObject({ code: 'vault_damaged' });
    expect(await again.get('vault:source#1')).toBe('three');
    again.close();
  });
});

describe('a file that SQLite cannot read or write for a while', () => {
  const away = (file: string, table: string) => tamper(file, `ALTER TABLE ${table} RENAME TO away`);
  const back = (file: string, table: string) => tamper(file, `ALTER TABLE away RENAME TO ${table}`);
  const unavailable = {
    name: 'VaultError',
    code: 'vault_unavailable',
    message: expect.stringMatching(/no such table/),
  };

  it('is told by every call of the vault, which goes on by itself', async () => {
    const vault = await openFileVault({ directory, key });
    const reference = await vault.put('a', SECRET);
    away('vault.db', 'secret');
    const calls = [
      () => vault.put('a', 'x'),
      () => vault.get(reference),
      () => vault.versions('a'),
      () => vault.discard(reference),
      () => vault.remove(reference),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject(unavailable);
    back('vault.db', 'secret');
    expect(await vault.versions('a')).toEqual([{ reference, secret: SECRET }]);
    vault.close();
  });

  it('is told by the subject keys too', async () => {
    const keys = await openSubjectKeys({ directory, key });
    await keys.ensure('ada');
    away('subject-keys.db', 'subject');
    expect(() => keys.peek('ada')).toThrow(expect.objectContaining(unavailable));
    await expect(keys.forget('ada')).rejects.toMatchObject(unavailable);
    back('subject-keys.db', 'subject');
    expect(keys.peek('ada')).toHaveLength(32);
    keys.close();
  });
});

describe('openSubjectKeys', () => {
  it('keeps one key per subject, in memory and over a restart', async () => {
    const keys = await openSubjectKeys({ directory, key });
    expect(keys.peek('ada')).toBeUndefined();
    const [first, second, third] = [await keys.ensure('ada'), await keys.ensure('ada'), await keys.ensure('bob')];
    expect([first.length, second]).toEqual([32, first]);
    expect(third).not.toEqual(first);
    expect(bytesOfAllFiles().includes(Buffer.from(first))).toBe(false);
    keys.close();
    const again = await openSubjectKeys({ directory, key });
    expect(again.peek('ada')).toEqual(first);
    again.close();
  });

  it('forgets for good: no key, no bytes of it, no second key', async () => {
    const keys = await openSubjectKeys({ directory, key });
    await keys.ensure('ada');
    await keys.ensure('bob');
    const reader = new DatabaseSync(join(directory, 'subject-keys.db'));
    const { sealed } = reader.prepare("SELECT sealed FROM subject WHERE id = 'ada'").get() as { sealed: Uint8Array };
    reader.close();
    expect(bytesOfAllFiles().includes(Buffer.from(sealed))).toBe(true);
    await keys.forget('ada');
    await keys.forget('ada');
    expect(bytesOfAllFiles().includes(Buffer.from(sealed))).toBe(false);
    expect([keys.peek('ada'), keys.peek('bob')?.length]).toEqual([undefined, 32]);
    await expect(keys.ensure('ada')).rejects.toMatchObject({ code: 'subject_forgotten' });
    keys.close();
    const again = await openSubjectKeys({ directory, key });
    await expect(again.ensure('ada')).rejects.toMatchObject({ code: 'subject_forgotten' });
    again.close();
  });

  it('says so when the master key is another or a key was swapped', async () => {
    const keys = await openSubjectKeys({ directory, key });
    await keys.ensure('ada');
    await keys.ensure('bob');
    keys.close();
    await expect(openSubjectKeys({ directory, key: other })).rejects.toMatchObject({ code: 'vault_wrong_key' });
    tamper(
      'subject-keys.db',
      "UPDATE subject SET sealed = (SELECT sealed FROM subject WHERE id = 'bob') WHERE id = 'ada'",
    );
    await expect(openSubjectKeys({ directory, key })).rejects.toMatchObject({ code: 'vault_damaged' });
  });
});
