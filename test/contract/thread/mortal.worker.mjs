/**
 * The projectors' thread, but its life ends (`lives` more times) when it meets an event of the stream `deadly`. A group is the name of one
 * projection, or stands for all.
 */
import { parentPort, workerData } from 'node:worker_threads';

const dist = (path) => new URL(`../../../dist/${path}`, import.meta.url).href;
const { EventLog, openLogReader } = await import(dist('libs/event-store/index.js'));
const { openSubjectKeyReader } = await import(dist('libs/platform/vault/subject-key-reader.js'));
const { openReadModels, projections, serveProjectors, startProjector } = await import(
  dist('libs/read-models/index.js')
);
const { eventRegistry } = await import(dist('apps/server/composition/event-types.js'));

const { directory, vaultKey, commits, owner, deadly, lives } = workerData;

serveProjectors(parentPort, async () => {
  const store = openLogReader({ directory, commits });
  const keys = openSubjectKeyReader({ directory, key: vaultKey });
  const log = new EventLog(store, eventRegistry(), keys);
  const decode = (stored) => {
    if (stored.stream === deadly && Atomics.sub(new Int32Array(lives), 0, 1) > 0) process.exit(3);
    return log.decode(stored);
  };
  const readModels = await openReadModels({ directory });
  const given = { store, decode, readModels };
  const start = (group, signals) => {
    const alone = projections.filter(({ name }) => name === group);
    const those = alone.length > 0 ? alone : projections;
    return startProjector({ ...given, projections: those, owner: `${owner}/${group}`, ...signals });
  };
  const close = async () => {
    await readModels.close();
    keys.close();
    await store.close();
  };
  return { start, close };
});
