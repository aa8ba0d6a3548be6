/** Appends to many streams at once until it is killed; writes a line per acknowledgement, at once, to a file of its own. */
import { openSync, writeSync } from 'node:fs';
import { openEmbeddedStore, revision } from '#event-store';
import { chained } from '#testing';

const [directory, record, run] = process.argv.slice(2);
const acknowledged = openSync(record, 'a');
const store = await openEmbeddedStore({ directory });
// As the server does, so that it is killed over a write-ahead log of full size.
store.confirm();

async function fill(stream) {
  let head = { revision: -1, hash: '' };
  for (let n = 0; ; n++) {
    const next = chained(stream, head, [
      { type: 'StepStarted', data: { n } },
      { type: 'StepCompleted', data: { n } },
    ]);
    const at = await store.append(stream, n === 0 ? 'no_stream' : revision(head.revision), next.events);
    writeSync(acknowledged, `${stream} ${at.revision} ${next.events[1].id}\n`);
    head = next.head;
  }
}

await Promise.all(Array.from({ length: 40 }, (_, n) => fill(`process-${run}x${n}`)));
