import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { openEmbeddedStore } from '#event-store';
import { SimulatedStore } from '#testing';
import { openEventStoreDb } from '../../libs/event-store/eventstoredb/index.js';
import { startEventStoreStandIn } from '../../libs/testing/eventstoredb/index.js';
import { eventStoreContract, type OpenedStore } from './event-store.contract.js';

async function embedded(): Promise<OpenedStore> {
  const directory = await mkdtemp(join(tmpdir(), 'purveyor-log-'));
  let store = await openEmbeddedStore({ directory, walBytes: 0 });
  return {
    store,
    async reopen() {
      await store.close();
      return (store = await openEmbeddedStore({ directory, walBytes: 0 }));
    },
    async close() {
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function simulated(): Promise<OpenedStore> {
  let store = new SimulatedStore();
  return {
    store,
    async reopen() {
      await store.close();
      return (store = store.reopen());
    },
    close: () => store.close(),
  };
}

/** A stream prefix for each test: other tests, and whatever else is in a real server, are out of sight. */
async function eventStoreDb(url: string): Promise<OpenedStore> {
  const open = () => openEventStoreDb({ url, streamPrefix: `contract_${prefix}_` });
  const prefix = randomUUID();
  let store = await open();
  return {
    store,
    async reopen() {
      await store.close();
      return (store = await open());
    },
    close: () => store.close(),
  };
}

async function standIn(): Promise<OpenedStore> {
  const server = await startEventStoreStandIn();
  const opened = await eventStoreDb(server.url);
  return {
    ...opened,
    async close() {
      await opened.close();
      await server.close();
    },
  };
}

const { EVENTSTORE_URL } = process.env;

eventStoreContract('embedded', embedded);
eventStoreContract('simulated', simulated);
eventStoreContract('EventStoreDB stand-in', standIn);
if (EVENTSTORE_URL) eventStoreContract('EventStoreDB', () => eventStoreDb(EVENTSTORE_URL));
else console.info('EVENTSTORE_URL is not set: the contract suite runs on no real EventStoreDB');
