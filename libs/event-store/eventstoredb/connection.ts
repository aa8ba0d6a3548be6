import type { CallOptions, Channel, Client as GrpcClient, ClientReadableStream, Metadata } from '@grpc/grpc-js';
import { convertToCommandError, EventStoreDBClient, type BaseOptions, type Credentials } from '@eventstore/db-client';
import type { AppendReq, AppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import services from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { Clock } from '#kernel';
import { StoreUnavailable } from '../errors.js';

type Streams = InstanceType<typeof services.StreamsClient>;

/**
 * What the client offers to its own commands. Ours are made with it because the public ones parse and re-serialise JSON (the port gives
 * texts back to the letter), cannot page filtered reads, and choose the shared batch stream for appends.
 */
interface ClientCore {
  execute<T>(service: typeof services.StreamsClient, name: string, action: (grpc: Streams) => Promise<T>): Promise<T>;
  GRPCStreamCreator<T>(
    service: typeof services.StreamsClient,
    name: string,
    open: (grpc: Streams) => T,
  ): () => Promise<T>;
  callArguments(options: BaseOptions, callOptions?: CallOptions): [Metadata, CallOptions];
  createChannel(): Promise<Channel>;
  handleError(client: GrpcClient, error: Error): Promise<void>;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly credentials?: Credentials;
  /** Shown by the server beside our calls. */
  readonly connectionName?: string;
  readonly clock: Clock;
  /** Deadline of an append and of a page without an answer, in ms. */
  readonly deadlineMs: number;
}

export interface OpenRead {
  readonly stream: ClientReadableStream<ReadResp>;
  readonly abandon: () => void;
}

/** Failures after which the client keeps its channel, or its memoised answer, although a new one may work. */
const isStuck = (error: Error) =>
  ['deadline-exceeded', 'unknown'].includes((convertToCommandError(error) as { type?: string }).type ?? '');

const GOSSIP_TIMEOUT_S = 1;

/**
 * The client object and its replacement. A call to a frozen node can hang without limit in the client (discovery, a new channel), so each
 * has a time-out of our own, and a client that let one pass is thrown away.
 */
export class Connection {
  private current: EventStoreDBClient;
  private closed = false;
  private readonly url: string;

  constructor(private readonly options: ConnectionOptions) {
    this.url = clientUrl(options);
    this.current = newClient(this.url);
  }

  get client(): EventStoreDBClient {
    return this.current;
  }

  /** One unary Append; rejects with the client's errors or {@link StoreUnavailable} after the time-out. */
  append(messages: readonly AppendReq[]): Promise<AppendResp> {
    const { deadlineMs: deadline } = this.options;
    return this.within((client) => {
      const core = coreOf(client);
      return core.execute(services.StreamsClient, 'append', (grpc) => {
        const [metadata, options] = core.callArguments({ ...this.base, deadline });
        return new Promise<AppendResp>((resolve, reject) => {
          const call = grpc.append(metadata, options, (error, answer) =>
            error ? reject(convertToCommandError(error)) : resolve(answer),
          );
          call.on('error', reject);
          for (const message of messages) call.write(message);
          call.end();
        });
      });
    });
  }

  /** Opens a server-streaming Read; the caller pulls from it, cancels it, and abandons the client when it is silent for too long. */
  read(request: ReadReq): Promise<OpenRead> {
    return this.within(async (client) => {
      const core = coreOf(client);
      const open = core.GRPCStreamCreator(services.StreamsClient, 'read', (grpc) => {
        const stream = grpc.read(request, ...core.callArguments(this.base, { deadline: Infinity }));
        // Whoever pulls sees the error; without a listener a failure before the first pull would end the process.
        stream.on('error', () => {});
        return stream;
      });
      return { stream: await open(), abandon: () => this.abandon(client) };
    });
  }

  /** A call of the client's public commands, with the same care. */
  within<T>(call: (client: EventStoreDBClient) => Promise<T>): Promise<T> {
    const client = this.current;
    const ms = this.options.deadlineMs + 1_000;
    return new Promise<T>((resolve, reject) => {
      const cancel = this.options.clock.after(ms, () => {
        this.abandon(client);
        reject(new StoreUnavailable(`no answer within ${ms} ms`, false));
      });
      const settle = (run: () => void) => {
        cancel();
        run();
      };
      call(client).then(
        (value) => settle(() => resolve(value)),
        (error: Error) =>
          settle(() => {
            if (isStuck(error)) this.abandon(client);
            reject(error);
          }),
      );
    });
  }

  /** With every call: those of the connection string where no credentials are given; only the leader's answers are up to date. */
  get base(): BaseOptions {
    return { credentials: this.options.credentials, requiresLeader: true };
  }

  /** Throws the client away, unless that has happened already; open calls on it fail. */
  abandon(failed: EventStoreDBClient): void {
    if (this.closed || failed !== this.current) return;
    this.current = newClient(this.url);
    void release(failed);
  }

  async close(): Promise<void> {
    this.closed = true;
    await release(this.current);
  }
}

const coreOf = (client: EventStoreDBClient) => client as unknown as ClientCore;

const released = new WeakSet<EventStoreDBClient>();
const channels = new WeakMap<EventStoreDBClient, Promise<Channel>>();

function newClient(url: string): EventStoreDBClient {
  const client = EventStoreDBClient.connectionString(url);
  const core = coreOf(client);
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

/**
 * The connection string with what the caller did not say. By default the client waits 5 s for each frozen node it asks who leads, longer
 * than our time-out of a call.
 */
function clientUrl({ url, connectionName }: ConnectionOptions): string {
  const wanted = { gossipTimeout: String(GOSSIP_TIMEOUT_S), ...(connectionName && { connectionName }) };
  const missing = Object.entries(wanted).filter(([name]) => !new RegExp(`[?&]${name}=`, 'i').test(url));
  const parameters = missing.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return parameters === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${parameters}`;
}

/** `dispose` cancels open streams but never closes the channel; without that its socket and timers stay. */
async function release(client: EventStoreDBClient): Promise<void> {
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
