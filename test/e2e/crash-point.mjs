/**
 * Preloaded into a server (`node --import`): kills it with SIGKILL at one exact point. Nothing of it is in the product.
 * CRASH_ORDERS: file with {trace, after, point?} that may come and go while the server runs; it is read whenever there is something to
 * observe, and without it nothing is. `trace`: file that gets one JSON line per observation. `after`: rows of events up to this log
 * position are not observed. `point`: a partial observation; the first that fits ends the process. An observation is {at, type?, step?}:
 * `before append` and `after append` (committed, nobody told yet) of an event, `projection` (its rows are written, the transaction is
 * open), `before call` (nothing sent) and `after call` (answer read, nothing decided). It is loaded into every thread of the server;
 * what a thread does not do, it does not observe.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import diagnostics from 'node:diagnostics_channel';
import { appendFileSync, readFileSync } from 'node:fs';
import { EmbeddedStore } from '../../dist/libs/event-store/embedded/store.js';
import { SqliteViews } from '../../dist/libs/read-models/database/sqlite-views.js';
import { BatchWriter } from '../../dist/libs/read-models/projector/batch.js';

const file = process.env['CRASH_ORDERS'];
/** The step whose intent was recorded last: there is one job at a time in these tests. */
let underWay;

function orders() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function observe(observations, given = orders()) {
  if (given === undefined) return;
  const { trace, point } = given;
  for (const observation of observations) {
    const fits = point !== undefined && Object.entries(point).every(([name, value]) => observation[name] === value);
    appendFileSync(trace, `${JSON.stringify({ ...observation, fits })}\n`);
    if (fits) process.kill(process.pid, 'SIGKILL');
  }
}

const dataOf = (event) => JSON.parse(event.data);
const seen = (at, events) => events.map((event) => ({ at, type: event.type, step: dataOf(event).step }));

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
      observe(seen('before append', events));
      return append.call(this, stream, expected, events).then((appended) => {
        for (const event of events) if (dataOf(event).owner !== undefined) underWay = dataOf(event).step;
        observe(seen('after append', events));
        return appended;
      });
    },
);

/** What is being written: by several projectors of this thread at once, each with events of its own. */
const batch = new AsyncLocalStorage();
wrap(
  BatchWriter,
  'write',
  (write) =>
    function (events, to) {
      return batch.run(events, () => write.call(this, events, to));
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

function observeRows() {
  const given = orders();
  if (given === undefined) return;
  const later = (batch.getStore() ?? []).filter(({ position }) => position > given.after);
  observe(seen('projection', later), given);
}

/** The database's class cannot be changed, its object can. */
function observeCommits(database) {
  if (Object.hasOwn(database, 'exec')) return;
  const exec = database.exec.bind(database);
  const value = (sql) => {
    if (sql === 'COMMIT') observeRows();
    return exec(sql);
  };
  Object.defineProperty(database, 'exec', { value });
}

const calls = new WeakMap();
diagnostics.subscribe('undici:request:create', ({ request }) => {
  if (request.method === 'GET') return;
  calls.set(request, { step: underWay, type: `${request.method} ${request.path}` });
  observe([{ at: 'before call', ...calls.get(request) }]);
});
diagnostics.subscribe('undici:request:trailers', ({ request }) => {
  if (calls.has(request)) observe([{ at: 'after call', ...calls.get(request) }]);
});
