import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportLines, formats, Signer } from '#audit';
import { backupTo, openEmbeddedStore, readDirectory, type EventStore } from '#event-store';
import { productRegistry } from '#products';
import { chained } from '#testing';
import { SERVER } from './programs.js';

const root = mkdtempSync(join(tmpdir(), 'purveyor-definitions-'));
const [fit, unfit] = [join(root, 'fit'), join(root, 'unfit')];
const { workflows } = productRegistry({ directory: {} as never, network: {} as never });
const { definition, pinned } = workflows.latest('create_user_group')!;

const started = (more: object = {}) => ({
  type: 'ProcessStarted',
  data: {
    workflow: definition.key,
    version: definition.version,
    target: 'CREATE',
    isTask: false,
    steps: pinned,
    state: { group_name: 'Ops' },
    createdBy: 'ann',
    time: 1,
    ...more,
  },
});

async function append(store: EventStore, stream: string, ...events: readonly { type: string; data: unknown }[]) {
  await store.append(stream, 'no_stream', chained(stream, { revision: -1, hash: '' }, events).events);
}

/** The command as a person runs it. */
function check(directory: string, ...args: readonly string[]) {
  const { PATH = '' } = process.env;
  const command = [SERVER, 'definitions', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    env: { PATH, PURVEYOR_DATA_DIR: directory },
    encoding: 'utf8',
  });
  return { status, lines: stdout.split('\n').filter(Boolean), stderr };
}

beforeAll(async () => {
  for (const directory of [fit, unfit]) {
    const store = await openEmbeddedStore({ directory, walBytes: 0 });
    await append(store, 'process-1', started());
    if (directory === unfit) {
      await append(store, 'process-2', started({ version: 99 }));
      await append(store, 'process-3', started({ steps: [...pinned].reverse() }));
      await append(store, 'process-4', started({ version: 99 }), { type: 'ProcessAborted', data: { time: 2 } });
      await append(store, 'process-5', started(), { type: 'ProcessTurnedBlue', data: { time: 2 } });
      await append(store, 'order-1', { type: 'Ordered', data: {} });
    }
    await store.close();
  }
});
afterAll(() => rmSync(root, { recursive: true }));

describe('definitions check', () => {
  it('is content where every instance can go on', () => {
    const { status, lines, stderr } = check(fit, 'check');
    expect([status, lines, stderr]).toEqual([0, [], '1 instances read, 0 could not be carried on\n']);
  }, 60_000);

  it('lists every instance whose definition or event is not here, and no other', () => {
    const { status, lines, stderr } = check(unfit, 'check');
    expect(lines.map((line) => line.split(':')[0])).toEqual(['process-2', 'process-3', 'process-5', 'order-1']);
    expect(lines[0]).toContain('no code here for version 99 of workflow create_user_group');
    expect(lines[2]).toContain('ProcessTurnedBlue');
    expect(stderr).toBe('6 instances read, 4 could not be carried on\n');
    expect(status).toBe(1);
  }, 60_000);

  it('changes nothing, so a second look sees the same', () => {
    expect(check(unfit, 'check')).toEqual(check(unfit, 'check'));
  }, 60_000);

  it('reads a running system, and a backup, that is named', async () => {
    const owner = await openEmbeddedStore({ directory: unfit, walBytes: 0 });
    const all = check(unfit, 'check');
    expect(all).toMatchObject({ status: 1, stderr: '6 instances read, 4 could not be carried on\n' });
    await append(owner, 'process-6', started({ version: 98 }));
    const more = check(unfit, 'check');
    expect(more.lines).toEqual([...all.lines, expect.stringContaining('process-6: no code here for version 98')]);
    const copy = join(root, 'copy');
    await backupTo(unfit, copy);
    await owner.close();
    expect(check(fit, 'check', copy)).toEqual(more);
    const names = readdirSync(copy).filter((name) => !/-(wal|shm)$/.test(name));
    expect([names.includes('log.db'), names.includes('owner.db')]).toEqual([true, false]);
  }, 90_000);

  it('reads a signed export, and none that was changed', async () => {
    const store = readDirectory(unfit);
    const ports = { store, factOf: () => undefined, begunBy: async () => [], checkpoints: [], decoded: () => null };
    const signer = new Signer(new Uint8Array(32).fill(1));
    let text = '';
    for await (const lines of exportLines({ period: {} }, formats.ndjson, { ...ports, signer }, 1)) text += lines;
    await store.close();
    const file = join(root, 'export.ndjson');
    writeFileSync(file, text);
    expect(check(fit, 'check', file)).toEqual(check(unfit, 'check'));
    writeFileSync(file, text.replace('99', '98'));
    expect(check(fit, 'check', file)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is broken at line'),
    });
  }, 60_000);

  it('says what it takes, and where there is no log', () => {
    expect(check(fit).status).toBe(2);
    const { status, stderr } = check(join(root, 'nowhere'), 'check');
    expect([status, stderr]).toEqual([1, expect.stringContaining('there is no log in')]);
    expect(check(fit, 'check', join(root, 'nowhere')).status).toBe(1);
    expect(check(fit, 'check', fit, 'more').status).toBe(2);
  }, 60_000);
});
