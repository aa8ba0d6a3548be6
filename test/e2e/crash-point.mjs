/**
 * Preloaded into a server (`node --import`): kills it with SIGKILL at one exact point. Nothing of it is in the product.
 * CRASH_TRACE: file that gets one JSON line per observation. CRASH_POINT: a partial observation; the first that fits ends the process.
 * An observation is {at, type?, step?}: `before append` and `after append` (committed, nobody told yet) of an event, `projection` (its
 * rows are written, the transaction is open), `before call` (nothing sent) and `after call` (answer read, nothing decided). It is loaded
 * into every thread of the server; what a thread does not do, it does not observe.
 */
import diagnostics from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { EmbeddedStore } from '../../dist/libs/event-store/embedded/store.js';
import { SqliteViews } from '../../dist/libs/read-models/database/sqlite-views.js';
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

/** Replaces a method by `around(the method)`; throws when there is none, because then no point would ever be reached. */
function wrap(owner, name, around) {
  const { [name]: method } = owner.prototype;
  if (typeof method !== 'function') throw new Error(`${owner.name} has no method ${name} to observe`);
  owner.prototype[name] = around(method);
}

wrap(
  EmbeddedStore,
  'append',
  (append) =>
    function (stream, expected, events) {
      observeAll('before append', events);
      return append.call(this, stream, expected, events).then((appended) => {
        for (const event of events) if (dataOf(event).owner !== undefined) underWay = dataOf(event).step;
        observeAll('after append', events);
        return appended;
      });
    },
);

/** What the projector of this thread writes at the moment. */
let batch = [];
wrap(
  BatchWriter,
  'write',
  (write) =>
    function (events, to) {
      batch = events;
      return write.call(this, events, to);
    },
);
wrap(
  SqliteViews,
  'apply',
  (apply) =>
    function (changes) {
      observeCommits(this.raw);
      return apply.call(this, changes);
    },
);

/** The database's class cannot be changed, its object can. */
function observeCommits(database) {
  if (Object.hasOwn(database, 'exec')) return;
  const exec = database.exec.bind(database);
  const value = (sql) => {
    if (sql === 'COMMIT') observeAll('projection', batch);
    return exec(sql);
  };
  Object.defineProperty(database, 'exec', { value });
}

const calls = new WeakMap();
diagnostics.subscribe('undici:request:create', ({ request }) => {
  if (request.method === 'GET') return;
  calls.set(request, { step: underWay, type: `${request.method} ${request.path}` });
  observe({ at: 'before call', ...calls.get(request) });
});
diagnostics.subscribe('undici:request:trailers', ({ request }) => {
  if (calls.has(request)) observe({ at: 'after call', ...calls.get(request) });
});
