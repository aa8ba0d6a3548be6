import type { CallOptions, Channel, Client as GrpcClient, Metadata } from '@grpc/grpc-js';
import { EventStoreDBClient, type BaseOptions } from '@eventstore/db-client';
import type services from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { StoreError } from '../errors.js';
import { basic, isInsecure } from './credentials.js';

type StreamsClient = typeof services.StreamsClient;
type Streams = InstanceType<StreamsClient>;

/**
 * What the client offers to its own commands. Ours are made with it because the public ones parse and re-serialise JSON (the port gives
 * texts back to the letter), cannot page filtered reads, and choose the shared batch stream for appends.
 */
interface ClientCore {
  execute<T>(service: StreamsClient, name: string, action: (grpc: Streams) => Promise<T>): Promise<T>;
  GRPCStreamCreator<T>(service: StreamsClient, name: string, open: (grpc: Streams) => T): () => Promise<T>;
  callArguments(options: BaseOptions, callOptions?: CallOptions): [Metadata, CallOptions];
  createChannel(): Promise<Channel>;
  handleError(client: GrpcClient, error: Error): Promise<void>;
}

const GOSSIP_TIMEOUT_S = 1;

export const coreOf = (client: EventStoreDBClient) => client as unknown as ClientCore;

const released = new WeakSet<EventStoreDBClient>();
const channels = new WeakMap<EventStoreDBClient, Promise<Channel>>();

/** Throws a StoreError when the connection string or a file that it names cannot be used. */
export function newClient(url: string): EventStoreDBClient {
  const client = parsed(url);
  const core = coreOf(client);
  if (isInsecure(url)) identifyOnEachCall(core, client);
  // The client calls this without waiting for it; a discovery that fails meanwhile would be an unhandled rejection.
  const handle = core.handleError.bind(client);
  core.handleError = (grpc, error) => handle(grpc, error).catch(() => {});
  const create = core.createChannel.bind(client);
  core.createChannel = () => {
    const channel = create();
    channels.set(client, channel);
    if (released.has(client)) closeChannel(client);
    return channel;
  };
  return client;
}

function parsed(url: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(url);
  } catch (error) {
    const file = /[?&]tlsCAFile=([^&]*)/i.exec(url)?.[1];
    const which = file === undefined ? '' : ` (tlsCAFile is ${file})`;
    throw new StoreError('store_refused', `EventStoreDB cannot be used: ${(error as Error).message}${which}`);
  }
}

/** Without TLS the client leaves credentials out, but there are servers that ask for them all the same. */
function identifyOnEachCall(core: ClientCore, client: EventStoreDBClient): void {
  const make = core.callArguments.bind(client);
  core.callArguments = (options, callOptions) => {
    const [metadata, { credentials: _left, ...rest }] = make(options, callOptions);
    if (options.credentials) metadata.set('authorization', basic(options.credentials));
    return [metadata, rest];
  };
}

/**
 * The connection string with what the caller did not say. By default the client waits 5 s for each frozen node it asks who leads, longer
 * than our time-out of a call.
 */
export function clientUrl({ url, connectionName }: { readonly url: string; readonly connectionName?: string }): string {
  const wanted = { gossipTimeout: String(GOSSIP_TIMEOUT_S), ...(connectionName && { connectionName }) };
  const missing = Object.entries(wanted).filter(([name]) => !new RegExp(`[?&]${name}=`, 'i').test(url));
  const parameters = missing.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return parameters === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${parameters}`;
}

/** `dispose` cancels open streams but never closes the channel; without that its socket and timers stay. */
export async function release(client: EventStoreDBClient): Promise<void> {
  released.add(client);
  await client.dispose().catch(() => {});
  closeChannel(client);
}

function closeChannel(client: EventStoreDBClient): void {
  channels.get(client)?.then(
    (channel) => channel.close(),
    () => {},
  );
}
