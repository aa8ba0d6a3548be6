import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { guardedFetch, isPublicAddress, OutgoingGuard, type Resolve } from './outgoing-guard.js';

const resolving =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
const guard = (allow: string[] = [], resolve: Resolve = resolving('93.184.216.34')) =>
  new OutgoingGuard({ allow, resolve });

describe('the outgoing guard', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://127.0.0.1./',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
    'http://169.254.169.254/latest/meta-data',
    'http://10.0.0.1/',
    'http://172.31.255.255/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://①②⑦.⓪.⓪.①/',
    'ftp://example.org/',
    'file:///etc/passwd',
    'http://user:secret@example.org/',
  ])('refuses %s', async (url) => {
    await expect(guard().check(url)).rejects.toMatchObject({ code: 'address_refused' });
  });

  it('lets public addresses pass, and gives the addresses it checked', async () => {
    expect(await guard().check('https://example.org/x')).toEqual([{ address: '93.184.216.34', family: 4 }]);
    expect(await guard().check('https://[2606:4700::1111]/')).toEqual([{ address: '2606:4700::1111', family: 6 }]);
  });

  it('checks every address of a name', async () => {
    const mixed = guard([], resolving('93.184.216.34', '127.0.0.1'));
    await expect(mixed.check('http://example.org/')).rejects.toMatchObject({ code: 'address_refused' });
    await expect(guard([], resolving()).check('http://example.org/')).rejects.toMatchObject({
      code: 'address_refused',
    });
  });

  it('allows what configuration allows: hosts, domains, networks', async () => {
    const inside = resolving('10.1.2.3');
    for (const allow of ['intern.example.org', '*.example.org', '10.1.0.0/16'])
      expect(await guard([allow], inside).check('http://Intern.Example.org/')).toHaveLength(1);
    await expect(guard(['10.2.0.0/16'], inside).check('http://a.example.org/')).rejects.toMatchObject({
      code: 'address_refused',
    });
    await expect(guard(['*.example.org'], inside).check('http://evilexample.org/')).rejects.toThrow();
  });

  it('knows public addresses', () => {
    expect(['8.8.8.8', '1.1.1.1', '2a00:1450::1'].map(isPublicAddress)).toEqual([true, true, true]);
    expect(['224.0.0.1', '255.255.255.255', '::', '2001:db8::1', 'nonsense'].map(isPublicAddress)).toEqual(
      Array.from({ length: 5 }, () => false),
    );
  });

  it('connects to the very address it checked, whatever the name resolves to afterwards', async () => {
    const server = createServer((_request, response) => response.end('here'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    let asked = 0;
    const rebinding: Resolve = async () => [{ address: ++asked === 1 ? '127.0.0.1' : '203.0.113.9', family: 4 }];
    const fetch = guardedFetch(guard(['127.0.0.0/8'], rebinding));
    const init = { method: 'GET', headers: {}, redirect: 'manual', signal: AbortSignal.timeout(5_000) } as const;
    const response = await fetch(`http://rebind.example.org:${port}/`, init);
    let text = '';
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
    expect([response.status, text, asked]).toEqual([200, 'here', 1]);
    await expect(guardedFetch(guard())(`http://127.0.0.1:${port}/`, init)).rejects.toMatchObject({
      code: 'address_refused',
    });
    await new Promise((closed) => server.close(closed).closeAllConnections());
  });
});
