import { randomUUID } from 'node:crypto';
import { openEventStoreDb, type EventStoreDbStore } from '../../libs/event-store/eventstoredb/index.js';
import { startEventStoreStandIn } from '../../libs/testing/eventstoredb/index.js';

/** A server to test against: the stand-in, or the one of EVENTSTORE_URL, which others may use at the same time. */
export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function standInServer(): Promise<TestServer> {
  const server = await startEventStoreStandIn();
  return { url: server.url, stop: () => server.close() };
}

const { EVENTSTORE_URL } = process.env;

/** Every server these tests run on; says so in one line when no real one is given. */
export const servers: readonly (readonly [name: string, start: () => Promise<TestServer>])[] = [
  ['EventStoreDB stand-in', standInServer],
  ...(EVENTSTORE_URL ? [['EventStoreDB', realServer(EVENTSTORE_URL)] as const] : []),
];
if (!EVENTSTORE_URL) console.info('EVENTSTORE_URL is not set: these tests run on no real EventStoreDB');

function realServer(url: string): () => Promise<TestServer> {
  return async () => ({ url, stop: async () => {} });
}

/** A view of the server that only this test has: others, and what else is in it, are out of sight. */
export const ownView = () => `contract_${randomUUID()}_`;

export const openView = (url: string, streamPrefix: string): Promise<EventStoreDbStore> =>
  openEventStoreDb({ url, streamPrefix });
