import { credentials, Metadata, status } from '@grpc/grpc-js';
import {
  jsonEvent,
  persistentSubscriptionToStreamSettingsFromDefaults,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import { expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import grpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { revision } from '#event-store';
import { openEventStoreDb } from '../../event-store/eventstoredb/index.js';
import { appendMessages } from '../../event-store/eventstoredb/requests.js';
import { chained } from '../simulated-store.js';
import { startEventStoreStandIn } from './stand-in.js';

const NEW = { revision: -1, hash: '' };
const event = (n: number) => ({ type: 'Happened', data: { n } });

it('writes nothing of an append whose client died before it had sent all of it', async () => {
  const server = await startEventStoreStandIn();
  const store = await openEventStoreDb({ url: server.url });
  for (let n = 0; n < 20; n++) {
    const stream = `process-${n}`;
    const { events } = chained(stream, NEW, [event(1), event(2)]);
    const client = new grpc.StreamsClient(`127.0.0.1:${server.ports[0]}`, credentials.createInsecure());
    const call = client.append(new Metadata(), () => {});
    call.on('error', () => {});
    const [options, first] = appendMessages(stream, 'no_stream', events);
    call.write(options!);
    call.write(first!);
    await sleep(20);
    server.cut();
    client.close();
  }
  await sleep(200);
  for (let n = 0; n < 20; n++)
    expect((await store.readStream(`process-${n}`, { from: revision(0) })).events).toEqual([]);
  await store.close();
  await server.close();
});

it('answers what the adapter does not ask for with UNIMPLEMENTED', async () => {
  const server = await startEventStoreStandIn();
  const store = await openEventStoreDb({ url: server.url });
  const { client } = store.connection;
  const calls: readonly (() => Promise<unknown>)[] = [
    () => client.tombstoneStream('process-1'),
    () => client.deleteStream('process-1'),
    () => client.listProjections(),
    () =>
      client.createPersistentSubscriptionToStream(
        'process-1',
        'group',
        persistentSubscriptionToStreamSettingsFromDefaults(),
      ),
    () => appendAnyhow(client),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  await store.close();
  await server.close();
});

const appendAnyhow = (client: EventStoreDBClient) =>
  client.appendToStream('process-1', jsonEvent({ type: 'Happened', data: {} }), {
    credentials: { username: 'none', password: 'none' },
  });
