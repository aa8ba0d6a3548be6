import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { httpNetwork, type NetworkPort } from '#products';
import { CuttingProxy } from '#testing';
import { DEVELOPMENT_NRM_TOKEN, startSandbox, type Sandbox } from '../../apps/sandbox/sandbox.js';

const refusal = (code: string, status: number) => expect.objectContaining({ refusal: true, code, status });
let count = 0;
const attempt = (key = `key-${++count}`, ms = 5_000) => ({ key, signal: AbortSignal.timeout(ms) });
const terms = (vlan = ++count) => ({
  speed: 100,
  endpoints: [
    { port: 'ams-1:0/1', vlan },
    { port: 'lon-1:0/3', vlan },
  ],
});

describe('the network over HTTP', () => {
  let path: string;
  let sandbox: Sandbox;
  let proxy: CuttingProxy;
  let network: NetworkPort;
  const base = () => `http://127.0.0.1:${proxy.port}/nrm`;
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'purveyor-nrm-'));
    sandbox = await startSandbox({ port: 0, directory: path });
    proxy = await CuttingProxy.start(Number(new URL(sandbox.url).port));
    network = httpNetwork(base(), DEVELOPMENT_NRM_TOKEN);
  });
  afterAll(async () => {
    await proxy.close();
    await sandbox.close();
    await rm(path, { recursive: true });
  });
  beforeEach(() => proxy.pass());

  it('creates a circuit once per external id, whatever the key, and finds it', async () => {
    const wanted = terms();
    const made = await network.createCircuit(wanted, 'one', attempt());
    expect(made).toMatchObject({ ...wanted, externalId: 'one' });
    expect(await network.createCircuit(wanted, 'one', attempt())).toEqual(made);
    for (const by of [{ id: made.id }, { externalId: 'one' }])
      expect(await network.findCircuit(by, attempt().signal)).toEqual(made);
    for (const by of [{ id: 'none' }, { externalId: 'none' }])
      expect(await network.findCircuit(by, attempt().signal)).toBeUndefined();
  });

  it('creates it once also when the answer was lost', async () => {
    const [wanted, key] = [terms(), 'lost'];
    proxy.loseAnswer((answer) => answer.toString('latin1').startsWith('HTTP/1.1 201'));
    await expect(network.createCircuit(wanted, 'two', attempt(key))).rejects.not.toHaveProperty('refusal');
    const found = await network.findCircuit({ externalId: 'two' }, attempt().signal);
    expect(await network.createCircuit(wanted, 'two', attempt(key))).toEqual(found);
  });

  it('replaces and removes, also what is so already; what is gone cannot be replaced', async () => {
    const made = await network.createCircuit(terms(), 'three', attempt());
    const changed = { ...made, speed: 200 };
    for (let i = 0; i < 2; i++) await network.replaceCircuit(changed, attempt());
    expect(await network.findCircuit({ id: made.id }, attempt().signal)).toEqual(changed);
    for (let i = 0; i < 2; i++) await network.deleteCircuit(made.id, attempt());
    await expect(network.replaceCircuit(changed, attempt())).rejects.toEqual(refusal('circuit_gone', 404));
  });

  it('says why not', async () => {
    const { endpoints } = await network.createCircuit(terms(), 'four', attempt());
    const again = network.createCircuit({ speed: 1, endpoints }, 'five', attempt());
    await expect(again).rejects.toEqual(refusal('vlan_in_use', 409));
    const none = network.createCircuit({ speed: 0, endpoints }, 'six', attempt());
    await expect(none).rejects.toEqual(refusal('network_refused', 400));
    const stranger = httpNetwork(base(), 'another-token').findCircuit({ id: 'x' }, attempt().signal);
    await expect(stranger).rejects.toEqual(refusal('network_refused', 401));
  });

  it('leaves the outcome unknown when nothing is answered', async () => {
    proxy.silence();
    await expect(network.createCircuit(terms(), 'seven', attempt('silent', 300))).rejects.not.toHaveProperty('refusal');
  });
});
