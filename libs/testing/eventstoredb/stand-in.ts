import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { randomUUID } from 'node:crypto';
import type { Certified } from '../certificates.js';
import { append } from './append.service.js';
import { consume } from './consumer.service.js';
import { readGossip, supportedMethods } from './directory.service.js';
import { FaultProxy, type Fault } from './fault-proxy.js';
import { StandInLog } from './log.js';
import { ClusterState, type NodeView } from './node-state.js';
import { groupCalls } from './persistent.service.js';
import { read } from './read.service.js';
import { letIn, type User } from './users.js';

const HOST = '127.0.0.1';

export interface StandInOptions {
  /** Default 1. Several nodes share one log. */
  readonly nodes?: number;
  /** Keeps the log in this file; in memory without. */
  readonly file?: string;
  /** One per node; random free ports by default. */
  readonly ports?: readonly number[];
  /** Speaks TLS only. */
  readonly tls?: Certified;
  /** Who is let in; everybody without. */
  readonly user?: User;
}

/** Starts a stand-in for EventStoreDB: the calls our adapter makes, over real sockets on loopback. */
export async function startEventStoreStandIn(options: StandInOptions = {}): Promise<EventStoreStandIn> {
  const cluster = new ClusterState(new StandInLog(options.file));
  const nodes: StandInNode[] = [];
  for (let index = 0; index < (options.nodes ?? 1); index++)
    nodes.push(await StandInNode.start(index, cluster, options));
  cluster.members = nodes.map(({ port }) => ({ id: randomUUID(), address: { host: HOST, port }, alive: true }));
  return new EventStoreStandIn(cluster, nodes, options.tls !== undefined);
}

/** One node: a gRPC server behind a proxy that breaks things on command. */
class StandInNode implements NodeView {
  port = 0;
  private readonly server = new Server();
  proxy!: FaultProxy;

  private constructor(
    readonly index: number,
    readonly cluster: ClusterState,
    user: User | undefined,
  ) {
    this.serve(streams.StreamsService, letIn(user, { append: append(this), read: read(this) }));
    this.serve(persistent.PersistentSubscriptionsService, letIn(user, { ...groupCalls(this), read: consume(this) }));
    this.serve(gossip.GossipService, { read: readGossip(this) });
    this.serve(features.ServerFeaturesService, { getSupportedMethods: supportedMethods() });
  }

  static async start(index: number, cluster: ClusterState, { ports, tls, user }: StandInOptions): Promise<StandInNode> {
    const node = new StandInNode(index, cluster, user);
    const inner = await new Promise<number>((resolve, reject) =>
      node.server.bindAsync(`${HOST}:0`, serverCredentials(tls), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    node.proxy = new FaultProxy({ host: HOST, port: inner });
    node.port = await node.proxy.listen(ports?.[index]);
    return node;
  }

  cut(): void {
    this.proxy.cut();
  }

  async close(): Promise<void> {
    await this.proxy.close();
    this.server.forceShutdown();
  }

  /** Calls that are not given are answered UNIMPLEMENTED by the library. */
  private serve(service: object, calls: object): void {
    this.server.addService(service as never, calls as UntypedServiceImplementation);
  }
}

const serverCredentials = (tls: Certified | undefined): ServerCredentials =>
  tls === undefined
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(null, [
        { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) },
      ]);

/** A running stand-in, and the faults it can be told to have. */
export class EventStoreStandIn {
  constructor(
    private readonly cluster: ClusterState,
    private readonly nodes: readonly StandInNode[],
    private readonly secure: boolean,
  ) {}

  /** Connection string for all its nodes; with TLS whoever connects adds what they trust. */
  get url(): string {
    return `esdb://${this.nodes.map(({ port }) => `${HOST}:${port}`).join(',')}?tls=${this.secure}`;
  }

  get ports(): readonly number[] {
    return this.nodes.map(({ port }) => port);
  }

  /** Index of the leading node; undefined during an election. */
  get leader(): number | undefined {
    return this.cluster.leader;
  }

  /** A fault of the network to one node, or to all. */
  fault(fault: Fault, node?: number): void {
    for (const each of this.nodes) if (node === undefined || node === each.index) each.proxy.set(fault);
  }

  /** The next `count` appends are written, and their connections cut instead of answered. */
  loseAnswers(count: number): void {
    this.cluster.loseAnswers = count;
  }

  /** Breaks all connections once. */
  cut(): void {
    for (const node of this.nodes) node.cut();
  }

  /** Another node leads, after an election of `electionMs` without a leader. */
  async changeLeader(electionMs = 200, to?: number): Promise<void> {
    const before = this.cluster.leader ?? 0;
    this.cluster.leader = undefined;
    this.cluster.groups.stop();
    await new Promise((resolve) => setTimeout(resolve, electionMs));
    this.cluster.groups.restart();
    this.cluster.leader = to ?? (before + 1) % this.nodes.length;
  }

  async close(): Promise<void> {
    this.cluster.groups.stop();
    for (const node of this.nodes) await node.close();
    this.cluster.log.close();
  }
}
