import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';

const SUFFIX = 'dc=example,dc=org';
const START_MS = 20_000;

/** OpenLDAP's server in a temporary directory on a free loopback port, for tests. */
export class SlapdServer {
  readonly bindDn = `cn=admin,${SUFFIX}`;
  readonly password = 'only-for-this-test';
  readonly usersBase = `ou=people,${SUFFIX}`;
  readonly groupsBase = `ou=groups,${SUFFIX}`;

  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    readonly url: string,
  ) {}

  /** Undefined where slapd is not installed; with `CI` set that is an error, so that CI never skips. */
  static async start(): Promise<SlapdServer | undefined> {
    const binary = findBinary();
    if (binary === undefined && process.env['CI']) throw new Error('slapd is not installed, and CI skips nothing');
    if (binary === undefined) return undefined;
    const directory = mkdtempSync(join(tmpdir(), 'purveyor-slapd-'));
    mkdirSync(join(directory, 'data'));
    const config = join(directory, 'slapd.conf');
    writeFileSync(config, configuration(directory));
    execFileSync(binary, ['-T', 'add', '-f', config], { input: TREE, stdio: ['pipe', 'ignore', 'ignore'] });
    const port = await freePort();
    const url = `ldap://127.0.0.1:${port}`;
    // -d 0 keeps it in the foreground, so that it ends with its parent's kill.
    const child = spawn(binary, ['-f', config, '-h', url, '-d', '0'], { cwd: directory, stdio: 'ignore' });
    process.once('exit', () => child.kill('SIGKILL'));
    await answers(port, child);
    return new SlapdServer(child, directory, url);
  }

  /** Ends it and removes its files. */
  async remove(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.directory, { recursive: true });
  }
}

const TREE = `dn: ${SUFFIX}
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ou=people,${SUFFIX}
objectClass: organizationalUnit
ou: people

dn: ou=groups,${SUFFIX}
objectClass: organizationalUnit
ou: groups
`;

/** Debian keeps schemas and modules in these places. The limited user may look, and change nothing. */
const configuration = (directory: string): string => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${directory}/pid
database mdb
suffix "${SUFFIX}"
rootdn "cn=admin,${SUFFIX}"
rootpw only-for-this-test
directory ${directory}/data
maxsize 16777216
dbnosync
index objectClass,uid,cn,employeeNumber,businessCategory,member,entryUUID eq
`;

/** In the PATH, or where Debian keeps what only administrators start. */
function findBinary(): string | undefined {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return places.map((place) => join(place, 'slapd')).find((path) => existsSync(path));
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  const latest = Date.now() + START_MS;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return;
    if (Date.now() > latest || child.exitCode !== null) throw new Error('slapd does not answer');
    await sleep(30);
  }
}
