import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DEVELOPMENT_NRM_TOKEN } from './sandbox.js';
import { World } from './sandbox.fixture.js';

const circuit = (external_id: string, vlan = 100, more: object = {}) => ({
  external_id,
  speed: 1_000,
  endpoints: [
    { port: 'ams-1:0/1', vlan },
    { port: 'fra-1:0/2', vlan },
  ],
  ...more,
});

describe('the network resource manager of the sandbox', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.stop());

  const nrm = (method: string, path: string, body?: unknown, key?: string) =>
    world.call(method, `/nrm${path}`, body, {
      authorization: `Bearer ${DEVELOPMENT_NRM_TOKEN}`,
      ...(key !== undefined && { 'idempotency-key': key }),
    });

  it('makes a circuit once per key, changes and removes it, and writes it all down', async () => {
    const made = await nrm('POST', '/circuits', circuit('x'), 'k1');
    expect(made.status).toBe(201);
    expect((await nrm('POST', '/circuits', circuit('x'), 'k1')).body).toEqual(made.body);
    expect((await nrm('POST', '/circuits', circuit('y'), 'k1')).status).toBe(422);
    const { id } = made.body;
    expect((await nrm('GET', '/circuits?external_id=x')).body.value).toEqual([made.body]);
    const faster = circuit('x', 100, { speed: 2_000 });
    expect((await nrm('PUT', `/circuits/${id}`, faster, 'k2')).body).toEqual({ id, ...faster });
    expect((await nrm('PUT', `/circuits/${id}`, faster, 'k3')).status).toBe(200);
    expect((await nrm('DELETE', `/circuits/${id}`, undefined, 'k4')).status).toBe(204);
    expect((await nrm('GET', `/circuits/${id}`)).status).toBe(404);
    expect((await nrm('DELETE', `/circuits/${id}`, undefined, 'k5')).status).toBe(204);
    expect((await world.ledger('?applied=true&kind=circuits')).map(({ method, key }) => [method, key])).toEqual([
      ['POST', 'k1'],
      ['PUT', 'k2'],
      ['DELETE', 'k4'],
    ]);
  });

  it.each([
    ['an unknown field', circuit('x', 100, { more: 1 }), 400, 'InvalidCircuit'],
    ['one endpoint', circuit('x', 100, { endpoints: [{ port: 'ams-1:0/1', vlan: 1 }] }), 400, 'InvalidCircuit'],
    ['a VLAN that is none', circuit('x', 4_095), 400, 'InvalidCircuit'],
    [
      'an endpoint twice',
      circuit('x', 1, { endpoints: [1, 1].map((vlan) => ({ port: 'ams-1:0/1', vlan })) }),
      400,
      'InvalidCircuit',
    ],
    [
      'a port that is none',
      circuit('x', 1, { endpoints: [1, 2].map((vlan) => ({ port: 'n', vlan })) }),
      400,
      'UnknownPort',
    ],
    ['a VLAN in use', circuit('x', 7), 409, 'VlanInUse'],
    ['an external id in use', circuit('taken', 8), 409, 'ExternalIdTaken'],
  ])('refuses %s', async (_, body, status, code) => {
    await nrm('POST', '/circuits', circuit('taken', 7), 'first');
    const answer = await nrm('POST', '/circuits', body, 'second');
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  it('asks for the token, and for a key where something is changed', async () => {
    expect((await world.call('GET', '/nrm/ports')).status).toBe(401);
    expect((await nrm('GET', '/ports')).body.value).toHaveLength(16);
    expect((await nrm('POST', '/circuits', circuit('x'))).body.error.code).toBe('IdempotencyKeyMissing');
    expect((await nrm('PUT', '/circuits/none', circuit('x'), 'k')).status).toBe(404);
  });

  it('obeys scripts: a lost answer leaves a circuit to be found', async () => {
    await world.script({ kind: 'lose_answer' }, { method: 'POST', path: '/nrm/circuits' });
    await expect(nrm('POST', '/circuits', circuit('x'), 'k1')).rejects.toThrow('fetch failed');
    expect((await nrm('POST', '/circuits', circuit('x'), 'k1')).status).toBe(201);
    expect((await nrm('GET', '/circuits')).body.value).toHaveLength(1);
  });
});
