/** `npm run bench -- live [CLIENTS]`: clients that follow GET /api/events and hear nothing, then how late all of them hear an event. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../libs/testing/free-port.js';
import { percentile } from './statistics.js';

const CLIENTS = Number(process.argv[2] ?? 1_000);
const EVENTS = 20;
const IDLE_MS = 5_000;
const SERVER = fileURLToPath(new URL('../../apps/server/main.js', import.meta.url));

const root = mkdtempSync(join(tmpdir(), 'purveyor-bench-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const env = {
  PATH: process.env['PATH'],
  PURVEYOR_PORT: String(port),
  PURVEYOR_DATA_DIR: root,
  PURVEYOR_LIVE_CLIENTS: String(CLIENTS),
  PURVEYOR_LOG_LEVEL: 'error',
};
const server = spawn(process.execPath, [SERVER], { env, stdio: ['ignore', 'ignore', 'inherit'] });

const isReady = (): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
const rssMb = (): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1_024;
const cpuMs = (): number => {
  const [user, system] = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1]!.split(' ').slice(11, 13);
  return (Number(user) + Number(system)) * 10;
};

/** From the instant an event was decided to its arrival here, both by the clock of this machine; ms. */
const late: number[] = [];

async function follow(): Promise<IncomingMessage> {
  const asked = get(`${url}/api/events?types=EnginePaused,EngineContinued`, { agent: false });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  if (answer.statusCode !== 200) throw new Error(`the server answered ${answer.statusCode}`);
  let rest = '';
  answer.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines)
      if (line.startsWith('data: ')) late.push(Date.now() - (JSON.parse(line.slice(6)) as { time: number }).time);
  });
  return answer;
}

async function togglePause(n: number): Promise<void> {
  const body = JSON.stringify({ global_lock: n % 2 === 0 });
  const answer = await fetch(`${url}/api/settings/status`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}: ${await answer.text()}`);
}

try {
  while (!(await isReady())) await sleep(100);
  await sleep(IDLE_MS);
  const alone = rssMb();
  const answers: IncomingMessage[] = [];
  for (let n = 0; n < CLIENTS; n++) answers.push(await follow());
  const began = cpuMs();
  await sleep(IDLE_MS);
  const [idle, cpu] = [rssMb(), (cpuMs() - began) / IDLE_MS];
  for (let n = 0; n < EVENTS; n++) {
    await togglePause(n);
    const latest = Date.now() + 30_000;
    while (late.length < (n + 1) * CLIENTS && Date.now() < latest) await sleep(5);
  }
  const line = {
    clients: CLIENTS,
    'rss MB without': Math.round(alone),
    'rss MB with': Math.round(idle),
    'KB a client': Math.round(((idle - alone) * 1_024) / CLIENTS),
    'cpu % while idle': Number((cpu * 100).toFixed(1)),
    'events heard': late.length,
    'late p50 ms': percentile(late, 0.5),
    'late p99 ms': percentile(late, 0.99),
    'late most ms': late.reduce((most, each) => Math.max(most, each), 0),
  };
  if (late.length < EVENTS * CLIENTS) throw new Error(`${EVENTS * CLIENTS - late.length} events were not heard`);
  console.table([line]);
  console.log(JSON.stringify({ scenario: 'live', ...line }));
  for (const answer of answers) answer.destroy();
} finally {
  server.kill('SIGTERM');
  await once(server, 'exit');
  rmSync(root, { recursive: true, force: true });
}
