import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../exit-codes.js';
import { programFor } from '../program.js';

const SIGNED = 'purveyor-export 1\nof the tests\n';
const LINES = ['{"n":1}\n', '{"n":2}\n'];
const END = `${JSON.stringify({ signature: SIGNED })}\n`;

let server: Server;
let answer: RequestListener;
let directory: string;
let out: string;
const written: string[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'purveyor-cli-'));
  out = join(directory, 'export.ndjson');
  server = createServer((request, reply) => answer(request, reply)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
beforeEach(() => {
  for (const name of readdirSync(directory)) rmSync(join(directory, name));
});
afterAll(() => {
  jest.restoreAllMocks();
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

const exported = (file = out) =>
  programFor({ PURVEYOR_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }).parseAsync(
    ['export', '--out', file],
    { from: 'user' },
  );

describe('export --out', () => {
  it('names the file when it is whole and signed, its signature beside it', async () => {
    // In pieces that end amid lines.
    answer = (_, reply) => {
      const text = [...LINES, END].join('');
      for (let at = 0; at < text.length; at += 7) reply.write(text.slice(at, at + 7));
      reply.end();
    };
    await exported();
    expect(readFileSync(out, 'utf8')).toBe(LINES.join(''));
    expect(readFileSync(`${out}.sig`, 'utf8')).toBe(SIGNED);
    expect(readdirSync(directory)).toHaveLength(2);
    await exported();
    expect(readdirSync(directory)).toHaveLength(2);
    expect(written.join('')).toContain(`${out}, signed in ${out}.sig`);
  });

  const UNSIGNED: readonly (readonly [what: string, body: string])[] = [
    ['nothing', ''],
    ['no signature', LINES.join('')],
    ['a signature that is cut', [...LINES, END.slice(0, 20)].join('')],
    ['another signature', [...LINES, '{"signature":"of something else"}\n'].join('')],
    ['another format', [...LINES, `signature,${Buffer.from(SIGNED).toString('base64url')}\n`].join('')],
  ];
  it.each(UNSIGNED)('never names a file that came with %s, and leaves one of before as it was', async (_, body) => {
    answer = (_request, reply) => void reply.end(body);
    await expect(exported()).rejects.toMatchObject({
      exitCode: EXIT.fault,
      message: 'the export ended before it was signed',
    });
    expect(readdirSync(directory)).toEqual([]);
    writeFileSync(out, 'before');
    await expect(exported()).rejects.toMatchObject({ exitCode: EXIT.fault });
    expect([readdirSync(directory), readFileSync(out, 'utf8')]).toEqual([['export.ndjson'], 'before']);
  });

  it('never names a file whose connection broke', async () => {
    answer = (_, reply) => {
      reply.write(LINES[0]);
      setImmediate(() => reply.destroy());
    };
    await expect(exported()).rejects.toMatchObject({
      exitCode: EXIT.unreachable,
      message: expect.stringContaining('was broken off'),
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  it("tells what is wrong with this machine's disk, and leaves nothing", async () => {
    answer = (_, reply) => void reply.end([...LINES, END].join(''));
    symlinkSync('/dev/full', `${out}.part`);
    const failed = { exitCode: EXIT.local, message: expect.stringContaining('cannot be written: ENOSPC') };
    await expect(exported()).rejects.toMatchObject(failed);
    expect(readdirSync(directory)).toEqual([]);
    await expect(exported(join(directory, 'nowhere', 'export'))).rejects.toMatchObject({
      exitCode: EXIT.local,
      message: expect.stringContaining('ENOENT'),
    });
  });
});
