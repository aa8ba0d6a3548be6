import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Child, freePort } from './child.js';
import { becomes, command, createOperation, type NeedSpec } from './operations.js';
import { until, World } from './world.js';

const SECRETS = [7, 8].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`) as [string, string];
const directory = mkdtempSync(join(tmpdir(), 'purveyor-example-'));
/** What the text says to type. */
const text = readFileSync('docs/how-to/write-a-provisioner.md', 'utf8');
const [registration] = JSON.parse(/PURVEYOR_PROVISIONERS='(.*?)'/.exec(text)![1]!) as [object];
const asked = JSON.parse(/api\/operations .*? -d '([\s\S]*?)'/.exec(text)![1]!) as { manifest: { needs: NeedSpec[] } };
let world: World;
let example: Child;
let port: number;

/** `workMs`: how long what it is asked for takes. */
const start = (secret: string, workMs = 200): Child =>
  new Child('scripts/provisioner-example.mjs', `http://127.0.0.1:${port}/healthz`, {
    PROVISIONER_PORT: String(port),
    PROVISIONER_DIR: directory,
    PROVISIONER_SECRET: secret,
    PROVISIONER_WORK_MS: String(workMs),
  });
/** It answers everything unsigned with 401, which is a sign of life. */
const alive = () =>
  until(
    () =>
      fetch(`http://127.0.0.1:${port}/`).then(
        ({ status }) => status,
        () => 0,
      ),
    (status) => status === 401,
  );

beforeAll(async () => {
  port = await freePort();
  const setting = { ...registration, endpoint: `http://127.0.0.1:${port}`, secrets: SECRETS };
  world = await World.start({ PURVEYOR_PROVISIONERS: JSON.stringify([setting]) });
  example = start(SECRETS[0]);
  await alive();
}, 60_000);
afterAll(async () => {
  await Promise.all([world?.stop(), example?.end('SIGTERM')]);
  rmSync(directory, { recursive: true, force: true });
});

describe('the example provisioner', () => {
  it('makes a folder, and takes it back after it was killed and changed to the other secret', async () => {
    const id = await createOperation(world, asked.manifest.needs);
    const done = await becomes(world, id, 'PROVISIONED');
    const { path } = done.needs[0].resource.address;
    expect(existsSync(path)).toBe(true);
    await example.end('SIGKILL');
    expect((await command(world, id, 'deprovision')).status).toBe(202);
    await until(
      async () => (await world.events(`operation-${id}`)).map(({ type }) => type),
      (types) => types.includes('RequestRetryScheduled'),
    );
    example = start(SECRETS[1]);
    await alive();
    await becomes(world, id, 'DEPROVISIONED');
    expect(existsSync(path)).toBe(false);
  }, 60_000);

  it('that is killed before it has told the end tells it after its next start', async () => {
    await example.end('SIGTERM');
    example = start(SECRETS[0], 60_000);
    await alive();
    const id = await createOperation(world, [{ id: 'late', type: 'folder' }]);
    await becomes(world, id, 'PROVISIONING_REQUESTED');
    await example.end('SIGKILL');
    example = start(SECRETS[0]);
    await alive();
    const done = await becomes(world, id, 'PROVISIONED');
    expect(done.needs[0].provision.attempts).toBe(1);
  }, 60_000);

  it('is asked at the deadline', async () => {
    await example.end('SIGTERM');
    example = start(SECRETS[0], 60_000);
    await alive();
    const id = await createOperation(world, [{ id: 'slow', type: 'folder' }], { onDeadline: 'alert', deadlineMs: 500 });
    const types = await until(
      async () => (await world.events(`operation-${id}`)).filter(({ type }) => type === 'RequestOverdue'),
      (found) => found.length === 2,
    );
    expect(types.map(({ data }) => data['doing'])).toEqual(['probe', 'wait']);
  }, 60_000);
});
