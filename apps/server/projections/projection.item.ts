import type { ProjectionStatus, RebuildStatus } from '#read-models';
import type { Parts } from '../composition/parts.js';
import { STALE_MS } from '../composition/views.js';

export interface ProjectionItem {
  readonly name: string;
  readonly group: string;
  readonly version: number;
  readonly checkpoint: number;
  readonly lag: { readonly events: number | null; readonly positions: number; readonly seconds: number };
  readonly state: 'live' | 'lagging' | 'rebuilding' | 'stopped';
  readonly reason: string | null;
  readonly parked: number;
  readonly rebuild: RebuildItem | null;
  readonly kept: { readonly version: number; readonly checkpoint: number } | null;
}

interface RebuildItem {
  readonly version: number;
  readonly checkpoint: number;
  readonly progress: number;
  readonly since: number | null;
  readonly eventsPerSecond: number | null;
  readonly expectedSeconds: number | null;
  readonly trouble: string | null;
}

/** A view as people see it. `head`: where the log ends. */
export function projectionItem(parts: Parts, status: ProjectionStatus, head: number): ProjectionItem {
  const { name, group, version, position, parked, rebuild, kept } = status;
  const { projector, age } = parts.views.of(group);
  const positions = Math.max(0, head - position);
  const failure = projector.failure();
  const waits = age.ms() > STALE_MS ? 'lagging' : 'live';
  return {
    name,
    group,
    version,
    checkpoint: position,
    lag: { events: inEvents(parts, positions), positions, seconds: age.ms() / 1_000 },
    state: failure !== undefined ? 'stopped' : rebuild ? 'rebuilding' : waits,
    reason: failure ?? null,
    parked,
    rebuild: rebuild && rebuildItem(parts, rebuild, head),
    kept: kept && { version: kept.version, checkpoint: kept.position },
  };
}

/** Positions of the embedded log are events; those of EventStoreDB are bytes. */
const inEvents = ({ config }: Parts, positions: number): number | null =>
  config.eventStore === 'embedded' ? positions : null;

function rebuildItem(parts: Parts, rebuild: RebuildStatus, head: number): RebuildItem {
  const { version, position, from, since, trouble } = rebuild;
  const seconds = since === null ? 0 : (parts.clock.now() - since) / 1_000;
  const speed = seconds > 0 && position > from ? (position - from) / seconds : null;
  return {
    version,
    checkpoint: position,
    progress: head === 0 ? 1 : Math.min(1, position / head),
    since,
    eventsPerSecond: speed && inEvents(parts, Math.round(speed)),
    expectedSeconds: speed && Math.max(0, head - position) / speed,
    trouble,
  };
}
