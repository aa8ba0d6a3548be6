import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { Agent, fetch as undiciFetch } from 'undici';
import { Refusal } from '#kernel';
import type { Fetch } from '#runtime';

/** Addresses that are not the public internet (IANA special-purpose registries), in which a foreign URL has no business. */
const PRIVATE: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
];
/** Of IPv6 only global unicast is public; in it, what embeds an IPv4 address or is reserved is not. */
const GLOBAL_V6 = ['2000::', 3, 'ipv6'] as const;
const PRIVATE_V6: readonly (readonly [string, number, 'ipv6'])[] = [
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
];

const blockList = (nets: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[]): BlockList => {
  const list = new BlockList();
  for (const [net, prefix, family] of nets) list.addSubnet(net, prefix, family);
  return list;
};
const [privateV4, globalV6, privateV6] = [blockList(PRIVATE), blockList([GLOBAL_V6]), blockList(PRIVATE_V6)];

/** Whether an IP address, as a resolver or a URL gives it, is on the public internet. An IPv4 address inside an IPv6 one never is. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !privateV4.check(address, 'ipv4');
  return family === 6 && globalV6.check(address, 'ipv6') && !privateV6.check(address, 'ipv6');
}

export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;
const systemResolve: Resolve = (host) => lookup(host, { all: true });

export interface GuardOptions {
  /** Hosts (`example.org`, `*.example.org`) and networks (`10.1.0.0/16`) that are allowed although their addresses are private. */
  readonly allow: readonly string[];
  readonly resolve?: Resolve;
}

const refused = (why: string): Refusal => new Refusal('address_refused', 403, why);

/** Checks where requests go whose address somebody outside named. All methods throw Refusal `address_refused`. */
export class OutgoingGuard {
  private readonly hosts: readonly string[];
  private readonly nets = new BlockList();
  private readonly resolve: Resolve;

  constructor({ allow, resolve = systemResolve }: GuardOptions) {
    this.resolve = resolve;
    this.hosts = allow.filter((entry) => !this.addNet(entry)).map((entry) => entry.toLowerCase());
  }

  private addNet(entry: string): boolean {
    const [net = '', prefix] = entry.split('/');
    const family = isIP(net);
    if (family === 0) return false;
    this.nets.addSubnet(net, Number(prefix ?? (family === 4 ? 32 : 128)), family === 4 ? 'ipv4' : 'ipv6');
    return true;
  }

  /**
   * The checked addresses of a URL: the allow-list first, then every address the name resolves to. `new URL` has brought literals in
   * all spellings (decimal, octal, hexadecimal, short) into one form before.
   */
  async check(url: string): Promise<readonly { readonly address: string; readonly family: number }[]> {
    const { protocol, hostname, username, password } = new URL(url);
    if (!/^https?:$/.test(protocol)) throw refused(`${protocol} addresses are not called`);
    if (username !== '' || password !== '') throw refused('an address with credentials is not called');
    const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    const family = isIP(host);
    const found = family > 0 ? [{ address: host, family }] : await this.resolve(host);
    if (found.length === 0) throw refused(`${host} has no address`);
    if (this.allows(host)) return found;
    for (const { address } of found)
      if (!isPublicAddress(address) && !this.allowsAddress(address)) throw refused(`${host} is not a public address`);
    return found;
  }

  private allows(host: string): boolean {
    const name = host.toLowerCase();
    return this.hosts.some((entry) => (entry.startsWith('*.') ? name.endsWith(entry.slice(1)) : name === entry));
  }

  private allowsAddress(address: string): boolean {
    return this.nets.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
}

/** A fetch that connects to the very addresses that were checked; redirects are left to the caller, who checks each anew. */
export function guardedFetch(guard: OutgoingGuard): Fetch {
  return async (url, init) => {
    const addresses = await guard.check(url);
    const agent = new Agent({
      keepAliveTimeout: 1,
      connect: {
        lookup: (_host, options, done) => {
          const [first] = addresses;
          if (options.all === true) done(null, [...addresses]);
          else done(null, first!.address, first!.family);
        },
      },
    });
    try {
      const response = await undiciFetch(url, { ...init, dispatcher: agent });
      return { status: response.status, headers: response.headers, body: closing(response.body, agent) };
    } catch (error) {
      void agent.close();
      throw error;
    }
  };
}

async function* closing(body: AsyncIterable<Uint8Array> | null, agent: Agent): AsyncIterable<Uint8Array> {
  try {
    if (body !== null) yield* body;
  } finally {
    void agent.destroy();
  }
}
