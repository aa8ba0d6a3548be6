import { status, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import type {
  CreateReq,
  DeleteReq,
  GetInfoReq,
  ListReq,
  ReplayParkedReq,
  UpdateReq,
} from '@eventstore/db-client/generated/persistent_pb.js';
import { filterOf } from './filter.js';
import type { Group, GroupConfig } from './group.js';
import { leaderError, type NodeView } from './node-state.js';
import { exception, unimplemented } from './wire.js';

type Unary<Q, A> = (call: ServerUnaryCall<Q, A>, answer: sendUnaryData<A>) => void;
type Failure = ReturnType<typeof exception>;

const SOURCE = '$all';

const groupError = (code: status, name: string, group: string, details: string): Failure =>
  exception(code, details, name, { 'stream-name': SOURCE, 'group-name': group });

export const missing = (group: string) =>
  groupError(
    status.NOT_FOUND,
    'persistent-subscription-does-not-exist',
    group,
    `Subscription group ${group} on stream ${SOURCE} does not exist.`,
  );

/** A call on $all that only the leader serves; `run` answers or gives the error. */
function onLeader<Q extends { getOptions(): { hasAll(): boolean } | undefined }, A>(
  node: NodeView,
  run: (request: Q) => A | Failure,
): Unary<Q, A> {
  return (call, answer) => {
    const refused =
      leaderError(node, call.metadata, true) ??
      (call.request.getOptions()?.hasAll() ? undefined : unimplemented('persistent subscription to one stream'));
    const result = refused ?? run(call.request);
    if ('code' in (result as object)) answer(result as Failure);
    else answer(null, result as A);
  };
}

/** Create, update, delete, info, list and replay of persistent subscriptions to $all. */
export function groupCalls(node: NodeView) {
  const { groups } = node.cluster;
  const existing = <A>(name: string, run: (group: Group) => A): A | Failure => {
    const group = groups.get(name);
    return group === undefined ? missing(name) : run(group);
  };
  return {
    create: onLeader(node, (request: CreateReq) => {
      const config = configOf(node, request);
      const { name } = config;
      if (groups.get(name) !== undefined)
        return groupError(
          status.ALREADY_EXISTS,
          'persistent-subscription-exists',
          name,
          `Subscription group ${name} on stream ${SOURCE} exists.`,
        );
      groups.create(config);
      return new persistent.CreateResp();
    }),
    update: onLeader(node, (request: UpdateReq) =>
      existing(request.getOptions()!.getGroupName(), (group) => {
        groups.update(group, settingsOf(request.getOptions()!.getSettings()!));
        return new persistent.UpdateResp();
      }),
    ),
    delete: onLeader(node, (request: DeleteReq) =>
      existing(request.getOptions()!.getGroupName(), (group) => {
        groups.delete(group);
        return new persistent.DeleteResp();
      }),
    ),
    getInfo: onLeader(node, (request: GetInfoReq) =>
      existing(request.getOptions()!.getGroupName(), (group) =>
        new persistent.GetInfoResp().setSubscriptionInfo(infoOf(group)),
      ),
    ),
    replayParked: onLeader(node, (request: ReplayParkedReq) =>
      existing(request.getOptions()!.getGroupName(), (group) => {
        const options = request.getOptions()!;
        group.replayParked(options.hasStopAt() ? Number(options.getStopAt()) : Infinity);
        return new persistent.ReplayParkedResp();
      }),
    ),
    list: (
      call: ServerUnaryCall<ListReq, unknown>,
      answer: sendUnaryData<InstanceType<typeof persistent.ListResp>>,
    ) => {
      const refused = leaderError(node, call.metadata, true);
      if (refused) answer(refused);
      else answer(null, new persistent.ListResp().setSubscriptionsList(groups.list().map(infoOf)));
    },
  };
}

function configOf({ cluster: { log } }: NodeView, request: CreateReq): GroupConfig {
  const options = request.getOptions()!;
  const all = options.getAll()!;
  const position = all.getPosition()?.getCommitPosition();
  return {
    name: options.getGroupName(),
    filter: filterOf(all.getFilter()),
    start: position === undefined ? (all.hasEnd() ? (log.all.at(-1)?.position ?? 0) : 0) : Number(position),
    settings: settingsOf(options.getSettings()!),
  };
}

/** In the order of the protocol's enumeration. */
const STRATEGIES = ['DispatchToSingle', 'RoundRobin', 'Pinned'] as const;

function settingsOf(settings: CreateReq.Settings | UpdateReq.Settings): GroupConfig['settings'] {
  return {
    resolveLinks: settings.getResolveLinks(),
    extraStatistics: settings.getExtraStatistics(),
    maxRetryCount: settings.getMaxRetryCount(),
    minCheckpointCount: settings.getMinCheckpointCount(),
    maxCheckpointCount: settings.getMaxCheckpointCount(),
    maxSubscriberCount: settings.getMaxSubscriberCount(),
    liveBufferSize: settings.getLiveBufferSize(),
    readBatchSize: settings.getReadBatchSize(),
    historyBufferSize: settings.getHistoryBufferSize(),
    messageTimeoutMs: settings.getMessageTimeoutMs(),
    checkpointAfterMs: settings.getCheckpointAfterMs(),
    strategy: STRATEGIES[settings.getNamedConsumerStrategy()] ?? 'DispatchToSingle',
  };
}

function infoOf(group: Group) {
  const { name, settings, start } = group.config;
  const connections = [...group.consumers].map(({ capacity, inFlight }) =>
    new persistent.SubscriptionInfo.ConnectionInfo()
      .setAvailableSlots(capacity - inFlight.size)
      .setInFlightMessages(inFlight.size),
  );
  return new persistent.SubscriptionInfo()
    .setEventSource(SOURCE)
    .setGroupName(name)
    .setStatus('Live')
    .setConnectionsList(connections)
    .setResolveLinkTos(settings.resolveLinks)
    .setStartFrom(`C:${start}/P:${start}`)
    .setMessageTimeoutMilliseconds(settings.messageTimeoutMs)
    .setExtraStatistics(settings.extraStatistics)
    .setMaxRetryCount(settings.maxRetryCount)
    .setLiveBufferSize(settings.liveBufferSize)
    .setBufferSize(settings.historyBufferSize)
    .setReadBatchSize(settings.readBatchSize)
    .setCheckPointAfterMilliseconds(settings.checkpointAfterMs)
    .setMinCheckPointCount(settings.minCheckpointCount)
    .setMaxCheckPointCount(settings.maxCheckpointCount)
    .setMaxSubscriberCount(settings.maxSubscriberCount)
    .setNamedConsumerStrategy(settings.strategy)
    .setTotalInFlightMessages(group.inFlight)
    .setParkedMessageCount(String(group.parkedCount));
}
