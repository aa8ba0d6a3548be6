import type { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, Failed } from '../exit-codes.js';
import type { Client } from '../http/client.js';
import type { Row } from '../http/pages.js';
import { framesOf } from '../http/server-sent.js';
import { wholeNumber, type Open } from '../options.js';
import { show } from '../output/text.js';

interface Given {
  readonly types?: string;
  readonly streams?: string;
  readonly after?: string;
  readonly until?: string;
}
const AGAIN_MS = 1_000;

/** `watch`: everything that is recorded, live; after a broken connection it goes on behind the last event. */
export function addWatch(program: Command, open: Open): void {
  program
    .command('watch')
    .description('print what happens in all streams as it is recorded, until Ctrl-C')
    .option('--types <names>', 'only these event types, with commas between them')
    .option('--streams <names>', 'only these categories or streams, such as portfolio,process')
    .option('--after <position>', 'begin behind this log position; with what comes from now on if absent')
    .option('--until <type>', 'end after the first event of this type')
    .action(async (given: Given) => {
      const { client, output } = open();
      if (given.after !== undefined) wholeNumber('--after', given.after, 0);
      for await (const event of watching(client, given)) {
        output.line(event, () => lineOf(event));
        if (event['type'] === given.until) return;
      }
    });
}

/** The first connection must succeed; later ones are tried again for as long as the server cannot be reached. */
async function* watching(client: Client, { types, streams, after }: Given): AsyncGenerator<Row> {
  let last: string | undefined;
  let connected = false;
  for (;;) {
    const headers: Record<string, string> = last === undefined ? {} : { 'last-event-id': last };
    try {
      const body = await client.open('/api/events', { query: { types, streams, after }, headers });
      connected = true;
      for await (const { id, data } of framesOf(body)) {
        last = id ?? last;
        if (data !== undefined) yield JSON.parse(data) as Row;
      }
    } catch (error) {
      const gone = !(error instanceof Failed) || error.exitCode === EXIT.unreachable;
      if (!connected || !gone) throw error;
    }
    await sleep(AGAIN_MS);
  }
}

const lineOf = (event: Row): string =>
  ['time', 'stream', 'revision', 'type', 'step', 'actor', 'failure']
    .filter((key) => event[key] !== null)
    .map((key) => show(key, event[key]))
    .join('  ');
