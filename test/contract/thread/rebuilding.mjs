/**
 * Projects an embedded log into read models until it is killed. Arguments: directory of the log, where the read models are, and the
 * position at which a rebuild stands still, if it is to.
 */
const dist = (path) => new URL(`../../../dist/${path}`, import.meta.url).href;
const { EventLog, openEmbeddedStore } = await import(dist('libs/event-store/index.js'));
const { openReadModels, projections, startProjector } = await import(dist('libs/read-models/index.js'));
const { eventRegistry } = await import(dist('apps/server/composition/event-types.js'));

const [directory, at, last = Infinity] = process.argv.slice(2);
const store = await openEmbeddedStore({ directory });
const readAll = store.readAll.bind(store);
store.readAll = (options) => (options.after >= Number(last) ? new Promise(() => {}) : readAll(options));
const log = new EventLog(store, eventRegistry());
const readModels = await openReadModels({ directory, at });
const owner = `process ${process.pid}`;
// The one before was killed: nobody else is there.
await readModels.db.updateTable('checkpoints').set({ owner: '' }).execute();
const { signal } = new AbortController();
await startProjector({ store, decode: log.decode.bind(log), readModels, projections, owner, signal });
process.stdout.write('started\n');
