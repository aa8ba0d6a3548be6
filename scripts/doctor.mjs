/** `npm run doctor`: is this machine fit to run Purveyor? Needs nothing installed. */
import { accessSync, constants, existsSync, readdirSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { isFree } from './lib/ports.mjs';
import { inRoot, main, readJson } from './lib/project.mjs';
import { settings } from './lib/settings.mjs';

const FREE_GIB = 1;

function node() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { name: 'Node', ok, says: process.version, help: 'install Node 20.19 or newer' };
}

async function port(name, number, variable, host) {
  const ok = await isFree(number, host);
  return {
    name: `Port ${number} (${name})`,
    ok,
    says: ok ? 'free' : 'in use',
    help: `set ${variable} to a free port, unless it is Purveyor itself that runs there`,
  };
}

const nearestFolder = (path) => (existsSync(path) ? path : nearestFolder(dirname(path)));

function disk(dataDir) {
  const { bavail, bsize } = statfsSync(nearestFolder(dataDir));
  const gib = (bavail * bsize) / 2 ** 30;
  return {
    name: 'Disk',
    ok: gib >= FREE_GIB,
    says: `${gib.toFixed(1)} GiB free`,
    help: `free at least ${FREE_GIB} GiB`,
  };
}

function dataDirectory(dataDir) {
  const name = 'Data directory';
  const help = 'make it writable for this user, or set PURVEYOR_DATA_DIR';
  try {
    accessSync(nearestFolder(dataDir), constants.W_OK);
  } catch {
    return { name, ok: false, says: `${dataDir} is not writable`, help };
  }
  if (!existsSync(dataDir)) return { name, ok: true, says: `${dataDir} will be created` };
  return {
    name,
    ok: true,
    says: `${dataDir} holds ${readdirSync(dataDir).length} entries; check them by npm run db:verify`,
  };
}

function packages() {
  const ok = existsSync(inRoot('node_modules', '.package-lock.json'));
  return { name: 'Packages', ok: true, says: ok ? 'installed' : 'not installed yet; npm start does it' };
}

await main(async () => {
  const { port: api, sandboxPort, host, dataDir } = settings();
  console.log(`Purveyor ${readJson(inRoot('package.json')).version} on ${process.platform} ${process.arch}`);
  const findings = [
    node(),
    packages(),
    await port('server', api, 'PURVEYOR_PORT', host),
    await port('sandbox', sandboxPort, 'PURVEYOR_SANDBOX_PORT'),
    disk(dataDir),
    dataDirectory(dataDir),
  ];
  for (const { name, ok, says, help } of findings)
    console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}: ${says}${ok ? '' : ` - ${help}`}`);
  return findings.every(({ ok }) => ok) ? 0 : 1;
});
