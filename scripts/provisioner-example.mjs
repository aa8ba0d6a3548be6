/**
 * `npm run provisioner:example`: a provisioner of resource type `folder` that follows docs/how-to/write-a-provisioner.md. Provision makes
 * a folder, deprovision removes it; both are accepted at once and told by callback. One JSON file for each request is all its memory.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';

/** The public development secret of server and sandbox: set your own. */
const DEVELOPMENT_SECRET = 'whsec_cHVydmV5b3ItZGV2ZWxvcG1lbnQtc2VjcmV0LTAwMDE=';
const env = (name, fallback) => process.env[name] || fallback;
const port = Number(env('PROVISIONER_PORT', '3200'));
const secret = env('PROVISIONER_SECRET', DEVELOPMENT_SECRET);
const workMs = Number(env('PROVISIONER_WORK_MS', '1000'));
const directory = resolve(env('PROVISIONER_DIR', './data/provisioner-example'));
const [requests, folders] = [join(directory, 'requests'), join(directory, 'folders')];
for (const path of [requests, folders]) mkdirSync(path, { recursive: true });
const webhook = new Webhook(secret);

/** Keys hold slashes; a file name holds none. */
const fileOf = (key) => join(requests, `${Buffer.from(key).toString('base64url')}.json`);
const recall = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);

/** Whole or not at all: a crash leaves the old file. */
function remember(file, request) {
  writeFileSync(`${file}.new`, JSON.stringify(request));
  renameSync(`${file}.new`, file);
}

/** Idempotent: the folder's name follows from the need, so that a repeat makes the same one, and a removal without an id finds it. */
function work({ type, operationId, needId }) {
  const id = `${operationId}-${needId}`;
  const path = join(folders, id);
  if (type === 'deprovision') {
    rmSync(path, { recursive: true, force: true });
    return {};
  }
  mkdirSync(path, { recursive: true });
  return { id, address: { path } };
}

/** Does the work, then tells the end until somebody has answered. What was not told before a crash is told after the next start. */
async function finish(file) {
  const request = recall(file);
  if (request.result === undefined) {
    await sleep(workMs);
    request.result = work(request.body);
    remember(file, request);
  }
  const body = JSON.stringify({ status: 'done', result: request.result });
  for (let wait = 200; !(await tell(request, body)); wait = Math.min(wait * 2, 30_000)) await sleep(wait);
  remember(file, { ...request, told: true });
}

/** True when no repeat is needed: 2xx is heard, other 4xx will not change. 408, 429, 5xx and no answer are repeated. */
async function tell({ body: { callbackUrl }, webhookId }, body) {
  const now = new Date();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': webhookId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': webhook.sign(webhookId, now, body),
  };
  const answer = await fetch(callbackUrl, { method: 'POST', headers, body }).catch(() => undefined);
  return answer !== undefined && answer.status < 500 && answer.status !== 408 && answer.status !== 429;
}

function answer(response, status, body) {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(body === undefined ? '' : JSON.stringify(body));
}
const refuse = (response, status, code, message) => answer(response, status, { error: { code, message } });

function handle(request, response, text) {
  try {
    webhook.verify(text, request.headers);
  } catch {
    return refuse(response, 401, 'BadSignature', 'not signed with our secret');
  }
  const asked = /^\/requests\/(.+)$/.exec(request.url);
  if (request.method === 'GET' && asked) return standing(response, decodeURIComponent(asked[1]));
  const key = request.headers['idempotency-key'];
  if (request.method !== 'POST' || !key) return refuse(response, 404, 'NotFound', 'POST / with an Idempotency-Key');
  const file = fileOf(key);
  if (!existsSync(file)) {
    remember(file, { body: JSON.parse(text), webhookId: `msg_${randomUUID()}`, told: false });
    void finish(file);
  }
  return answer(response, 202);
}

/** The status probe. */
function standing(response, key) {
  const known = recall(fileOf(key));
  if (known === undefined) return refuse(response, 404, 'NotFound', 'never heard of it');
  return known.result === undefined ? answer(response, 202) : answer(response, 200, known.result);
}

const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => (text += chunk));
  request.on('end', () => handle(request, response, text));
});
server.listen(port, '127.0.0.1', () => {
  for (const name of readdirSync(requests).filter((each) => each.endsWith('.json')))
    if (!recall(join(requests, name)).told) void finish(join(requests, name));
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  const setting = JSON.stringify([{ type: 'folder', endpoint, probe: true }]);
  console.log(`The example provisioner of type folder listens on ${endpoint}`);
  console.log(`Start the server with PURVEYOR_PROVISIONERS='${setting}'`);
});
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0));
