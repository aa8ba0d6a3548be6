import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { NodeView } from './node-state.js';
import { uuid } from './wire.js';

const { LEADER, FOLLOWER, UNKNOWN } = gossip.MemberInfo.VNodeState;

/** Gossip: who is there and who leads. */
export function readGossip({ cluster }: NodeView) {
  return (_call: ServerUnaryCall<unknown, ClusterInfo>, answer: sendUnaryData<ClusterInfo>): void => {
    const members = cluster.members.map(({ id, address, alive }, index) => {
      const endPoint = new gossip.EndPoint().setAddress(address.host).setPort(address.port);
      const state = cluster.leader === undefined ? UNKNOWN : cluster.leader === index ? LEADER : FOLLOWER;
      const info = new gossip.MemberInfo().setInstanceId(uuid(id)).setTimeStamp(String(Date.now()));
      return info.setState(state).setIsAlive(alive).setHttpEndPoint(endPoint);
    });
    answer(null, new gossip.ClusterInfo().setMembersList(members));
  };
}

const PERSISTENT = 'event_store.client.persistent_subscriptions.persistentsubscriptions';
const PERSISTENT_METHODS = ['create', 'update', 'delete', 'read', 'getinfo', 'replayparked', 'list'];

/** Server features: what the client asks before calls that not every server has. */
export function supportedMethods() {
  const methods = PERSISTENT_METHODS.map((name) =>
    new features.SupportedMethod().setServiceName(PERSISTENT).setMethodName(name).setFeaturesList(['stream', 'all']),
  );
  const supported = new features.SupportedMethods().setMethodsList(methods).setEventStoreServerVersion('23.10.0');
  return (_call: ServerUnaryCall<unknown, SupportedMethods>, answer: sendUnaryData<SupportedMethods>): void =>
    answer(null, supported);
}
