/**
 * Preloaded into a server (`node --import`): kills it with SIGKILL at one exact point. Nothing of it is in the product.
 * CRASH_TRACE: file that gets one JSON line per observation. CRASH_POINT: a partial observation; the first that fits ends the process.
 * An observation is {at, type?, step?}: `before append` and `after append` (committed, nobody told yet) of an event, `projection` (its
 * rows are written in one view, the transaction is open), `before call` (nothing sent) and `after call` (answer read, nothing decided).
 */
import diagnostics from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { EmbeddedStore } from '../../dist/libs/event-store/embedded/store.js';
import { BatchWriter } from '../../dist/libs/read-models/projector/batch.js';

const point = process.env['CRASH_POINT'] === undefined ? undefined : JSON.parse(process.env['CRASH_POINT']);
const trace = process.env['CRASH_TRACE'];
/** The step whose intent was recorded last: there is one job at a time in these tests. */
let underWay;

function observe(observation) {
  const fits = point !== undefined && Object.entries(point).every(([name, value]) => observation[name] === value);
  appendFileSync(trace, `${JSON.stringify({ ...observation, fits })}\n`);
  if (fits) process.kill(process.pid, 'SIGKILL');
}

const dataOf = (event) => JSON.parse(event.data);
const observeAll = (at, events) => {
  for (const event of events) observe({ at, type: event.type, step: dataOf(event).step });
};

const { append } = EmbeddedStore.prototype;
EmbeddedStore.prototype.append = function (stream, expected, events) {
  observeAll('before append', events);
  return append.call(this, stream, expected, events).then((appended) => {
    for (const event of events) if (dataOf(event).owner !== undefined) underWay = dataOf(event).step;
    observeAll('after append', events);
    return appended;
  });
};

const { project } = BatchWriter.prototype;
BatchWriter.prototype.project = function (projection, prepared, decoded, to) {
  project.call(this, projection, prepared, decoded, to);
  const shown = decoded.filter(({ category }) => projection.wants(category));
  observeAll(
    'projection',
    shown.map(({ stored }) => stored),
  );
};

const calls = new WeakMap();
diagnostics.subscribe('undici:request:create', ({ request }) => {
  if (request.method === 'GET') return;
  calls.set(request, { step: underWay, type: `${request.method} ${request.path}` });
  observe({ at: 'before call', ...calls.get(request) });
});
diagnostics.subscribe('undici:request:trailers', ({ request }) => {
  if (calls.has(request)) observe({ at: 'after call', ...calls.get(request) });
});
