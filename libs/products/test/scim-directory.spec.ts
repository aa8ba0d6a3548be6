import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scimDirectory } from '../index.js';

interface Group {
  id: string;
  displayName: string;
  externalId: string;
}

interface Behaviour {
  loseAnswer: boolean;
  status?: number;
  headers?: Record<string, string>;
}

/** As little of SCIM as the adapter uses; `loseAnswer` does the work and cuts the connection. */
function directoryServer(groups: Group[], behaviour: Behaviour): Server {
  return createServer((req, res) => {
    let text = '';
    req.on('data', (chunk) => (text += chunk));
    req.on('end', () => {
      const url = new URL(req.url!, 'http://x');
      const answer = (status: number, body: object, headers: Record<string, string> = {}) =>
        res.writeHead(status, headers).end(JSON.stringify(body));
      if (req.method === 'GET') {
        const [, key, value] = /^(\w+) eq "(.*)"$/.exec(url.searchParams.get('filter')!)!;
        return answer(200, { Resources: groups.filter((each) => each[key as keyof Group] === value) });
      }
      if (behaviour.status) return answer(behaviour.status, { detail: 'scripted' }, behaviour.headers);
      const group = { ...(JSON.parse(text) as Group), id: `g${groups.length + 1}` };
      if (groups.some((each) => each.displayName === group.displayName)) return answer(409, { scimType: 'uniqueness' });
      groups.push(group);
      return behaviour.loseAnswer ? req.socket.destroy() : answer(201, group);
    });
  });
}

let groups: Group[];
let behaviour: Behaviour;
let server: Server;
let base: string;

beforeEach(async () => {
  groups = [];
  behaviour = { loseAnswer: false };
  server = directoryServer(groups, behaviour);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise<void>((resolve) => void (server.closeAllConnections(), server.close(() => resolve()))));

describe('the SCIM directory', () => {
  it('creates a group once, also when the first answer was lost', async () => {
    behaviour.loseAnswer = true;
    const directory = scimDirectory(base);
    await expect(directory.createGroup('Ops', 'k1')).rejects.toThrow();
    behaviour.loseAnswer = false;
    expect(await directory.createGroup('Ops', 'k1')).toMatchObject({ id: 'g1', externalId: 'k1' });
    expect(groups).toHaveLength(1);
  });
  it('refuses a name that another has', async () => {
    groups.push({ id: 'old', displayName: 'Ops', externalId: 'other' });
    await expect(scimDirectory(base).createGroup('Ops', 'k1')).rejects.toMatchObject({ code: 'group_name_taken' });
  });
  it.each([
    [503, 'directory_unavailable', 503],
    [429, 'directory_unavailable', 503],
    [400, 'directory_refused', 400],
  ])('tells a passing fault from a final one: %i', async (status, code, as) => {
    behaviour.status = status;
    await expect(scimDirectory(base).createGroup('Ops', 'k1')).rejects.toMatchObject({ code, status: as });
  });
  it('passes on how long the directory asks to wait', async () => {
    Object.assign(behaviour, { status: 429, headers: { 'retry-after': '3' } });
    await expect(scimDirectory(base).createGroup('Ops', 'k1')).rejects.toMatchObject({ extra: { retryAfter: 3 } });
  });
});
