import type { Metadata } from '@grpc/grpc-js';
import { Groups } from './groups.js';
import type { StandInLog } from './log.js';
import { notLeader, notReady } from './wire.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Member {
  readonly id: string;
  readonly address: Address;
  readonly alive: boolean;
}

/** What the nodes of one set share: the log, who leads, and what is to go wrong inside a call. */
export class ClusterState {
  members: Member[] = [];
  /** Index of the leader; undefined during an election. */
  leader: number | undefined = 0;
  /** So many appends are written and then not answered: their connections are cut. */
  loseAnswers = 0;
  readonly groups: Groups;

  constructor(readonly log: StandInLog) {
    this.groups = new Groups(log);
  }
}

/** A node as its services see it. */
export interface NodeView {
  readonly index: number;
  readonly cluster: ClusterState;
  /** Destroys the node's connections. */
  cut(): void;
}

export const isLeader = ({ index, cluster }: NodeView): boolean => cluster.leader === index;

/** The error for a call that only the leader may serve (`always`, or because the client asks for it), or undefined. */
export function leaderError(node: NodeView, metadata: Metadata, always = false) {
  if (isLeader(node) || !(always || metadata.get('requires-leader')[0] === 'true')) return undefined;
  const { leader, members } = node.cluster;
  if (leader === undefined) return notReady();
  const { host, port } = members[leader]!.address;
  return notLeader(host, port);
}
