import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore } from '#event-store';
import { SimulatedStore } from '#testing';
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

eventStoreContract('embedded', embedded);
eventStoreContract('simulated', simulated);
