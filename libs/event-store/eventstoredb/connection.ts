import type { ClientReadableStream } from '@grpc/grpc-js';
import {
  convertToCommandError,
  ErrorType,
  isCommandError,
  type BaseOptions,
  type Credentials,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import type { AppendReq, AppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import services from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { Clock } from '#kernel';
import { StoreUnavailable } from '../errors.js';
import { clientUrl, coreOf, newClient, release } from './client.js';
import { credentialsIn } from './credentials.js';

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

/**
 * Failures after which the client keeps its channel, or a memoised promise, although a new one may work: no node was found (a plain Error,
 * which the client's question for the server's features then answers for ever), or the call told nothing that the client acts on.
 */
function isStuck(error: Error): boolean {
  const failure = convertToCommandError(error);
  return !isCommandError(failure) || [ErrorType.DEADLINE_EXCEEDED, ErrorType.UNKNOWN].includes(failure.type);
}

/**
 * The client object and its replacement. A call to a frozen node can hang without limit in the client (discovery, a new channel), so each
 * has a time-out of our own, and a client that let one pass is thrown away.
 */
export class Connection {
  private current: EventStoreDBClient;
  private closed = false;
  private readonly url: string;
  private readonly credentials: Credentials | undefined;

  /** Throws a StoreError when the connection string or a file that it names cannot be used. */
  constructor(private readonly options: ConnectionOptions) {
    this.url = clientUrl(options);
    this.credentials = options.credentials ?? credentialsIn(options.url);
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

  /** With every call: who we are, and that only the leader's answers are up to date. */
  get base(): BaseOptions {
    return { credentials: this.credentials, requiresLeader: true };
  }

  /** Throws the client away, unless that has happened already; open calls on it fail. */
  abandon(failed: EventStoreDBClient): void {
    if (this.closed || failed !== this.current) return;
    try {
      this.current = newClient(this.url);
    } catch {
      // The file of the authority is just being changed: the old one goes on meanwhile.
      return;
    }
    void release(failed);
  }

  async close(): Promise<void> {
    this.closed = true;
    await release(this.current);
  }
}
