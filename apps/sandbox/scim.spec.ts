import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { World } from './sandbox.fixture.js';

const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';

describe('the SCIM directory of the sandbox', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.stop());

  const addGroup = (displayName: string, externalId?: string) =>
    world.scim('POST', '/Groups', { schemas: [GROUP], displayName, externalId });
  const find = (filter: string) => world.scim('GET', `/Groups?filter=${encodeURIComponent(filter)}`);

  it('creates groups with uuids and finds them by name and external id', async () => {
    const made = await addGroup('Sales', 'x-1');
    await addGroup('Other', 'x-2');
    expect([made.status, made.body.displayName]).toEqual([201, 'Sales']);
    expect(made.body.id).toMatch(/^[0-9a-f-]{36}$/);
    for (const filter of ['displayName eq "Sales"', 'externalId eq "x-1"']) {
      const found = (await find(filter)).body;
      expect([found.totalResults, found.Resources[0].id]).toEqual([1, made.body.id]);
    }
    expect((await find('displayName eq "None"')).body.totalResults).toBe(0);
    expect((await world.scim('GET', '/Groups?startIndex=2&count=1')).body.Resources).toHaveLength(1);
  });

  it('refuses a second group of the same name', async () => {
    await addGroup('Sales');
    const again = await addGroup('sales');
    expect([again.status, again.body.scimType]).toEqual([409, 'uniqueness']);
    expect((await world.ledger('?kind=Groups')).map(({ status, applied }) => [status, applied])).toEqual([
      [201, true],
      [409, false],
    ]);
  });

  it('changes, replaces and removes groups; unknown ids are 404', async () => {
    const { id } = (await addGroup('Sales')).body;
    const user = await world.scim('POST', '/Users', { schemas: [USER], userName: 'ada', password: 'Secret-1' });
    expect(user.status).toBe(201);
    const operations = [{ op: 'add', path: 'members', value: [{ value: user.body.id }] }];
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
    expect((await world.scim('PATCH', `/Groups/${id}`, { schemas, Operations: operations })).status).toBe(200);
    expect((await world.scim('GET', `/Groups/${id}`)).body.members[0].value).toBe(user.body.id);
    const renamed = await world.scim('PUT', `/Groups/${id}`, { schemas: [GROUP], displayName: 'Trade' });
    expect(renamed.body).toMatchObject({ id, displayName: 'Trade' });
    expect((await world.scim('DELETE', `/Groups/${id}`)).status).toBe(204);
    expect((await world.scim('GET', `/Groups/${id}`)).status).toBe(404);
    expect((await world.scim('PUT', `/Groups/${id}`, { schemas: [GROUP], displayName: 'T' })).status).toBe(404);
  });

  it('asks for the token', async () => {
    expect((await world.call('GET', '/scim/v2/Groups')).status).toBe(401);
    expect(await world.ledger()).toMatchObject([{ kind: 'Groups', status: 401, applied: false }]);
  });

  it('keeps entries over a restart', async () => {
    const { id } = (await addGroup('Sales')).body;
    await world.restart();
    expect((await world.scim('GET', `/Groups/${id}`)).body.displayName).toBe('Sales');
    expect((await addGroup('Sales')).status).toBe(409);
  });

  it('obeys scripts: a lost answer leaves a group to be found, a failure nothing', async () => {
    await world.script({ kind: 'fail', status: 503 }, { path: '/scim/v2/Groups' });
    await world.script({ kind: 'lose_answer' }, { method: 'POST', path: '/scim/v2/Groups' });
    const failed = await addGroup('Sales');
    expect([failed.status, failed.body.status]).toEqual([503, '503']);
    await expect(addGroup('Sales')).rejects.toThrow('fetch failed');
    expect((await find('displayName eq "Sales"')).body.totalResults).toBe(1);
    expect((await world.ledger('?applied=true')).map(({ method }) => method)).toEqual(['POST']);
  });

  it('lets two directories in one process keep apart', async () => {
    const second = await World.start();
    await addGroup('Sales');
    expect((await second.scim('GET', '/Groups')).body.totalResults).toBe(0);
    await second.stop();
  });
});
