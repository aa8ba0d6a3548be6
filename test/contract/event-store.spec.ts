import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore } from '#event-store';
import { SimulatedStore } from '#testing';
import { eventStoreContract, type OpenedStore } from './event-store.contract.js';
import { openView, ownView, servers, type TestServer } from './servers.js';

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

async function eventStoreDb(start: () => Promise<TestServer>): Promise<OpenedStore> {
  const server = await start();
  const view = ownView();
  let store = await openView(server.url, view);
  return {
    store,
    async reopen() {
      await store.close();
      return (store = await openView(server.url, view));
    },
    async close() {
      await store.close();
      await server.stop();
    },
  };
}

eventStoreContract('embedded', embedded);
eventStoreContract('simulated', simulated);
for (const [name, start] of servers) eventStoreContract(name, () => eventStoreDb(start));
