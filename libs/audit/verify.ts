import { Corrupt, type EventStore } from '#event-store';
import { isGenuine, type Checkpoint } from './checkpoint.js';
import type { Evidence, Finding, Progress } from './evidence.js';
import { Witnesses } from './witnesses.js';
import { logStart, Walk, type Place } from './walk.js';

export interface LogVerdict {
  readonly ok: boolean;
  /** Streams that this part has met. */
  readonly streams: number;
  /** Events from the start of the log up to here. */
  readonly events: number;
  /** Checkpoints that this part has met and found true. */
  readonly checkpoints: number;
  readonly progress: Progress;
  readonly end: boolean;
  readonly firstBad?: Finding;
}

/**
 * Checks every event and chain of the log and holds it against the checkpoints, up to its end or until `limit` events were read. Goes on
 * from `from`. The first thing that is wrong ends it.
 */
export async function verifyLogAgainst(
  store: EventStore,
  evidence: Evidence,
  { from = logStart(store.logId), limit = Infinity }: { readonly from?: Progress; readonly limit?: number } = {},
): Promise<LogVerdict> {
  const foreign = evidence.checkpoints.find((each) => faultOf(each, store.logId, evidence.keys) !== undefined);
  const streams = new Set<string>();
  const witnesses = new Witnesses(evidence, from);
  const verdict = (progress: Place, end: boolean, firstBad?: Finding): LogVerdict => ({
    ok: firstBad === undefined,
    streams: streams.size,
    events: progress.count,
    checkpoints: witnesses.met,
    progress: { ...progress, ...(witnesses.suspect && { suspect: witnesses.suspect }) },
    end,
    ...(firstBad && { firstBad }),
  });
  if (foreign) return verdict(from, false, nowhere(faultOf(foreign, store.logId, evidence.keys)!));
  const walk = new Walk(store, from);
  let place: Place = from;
  try {
    for (;;) {
      const stretch = await walk.next();
      for (const { place: at, event } of stretch.walked) {
        streams.add(event.stream);
        const bad = witnesses.hear(at, event);
        if (bad) return verdict(at, false, bad);
      }
      ({ place } = stretch);
      if (stretch.end) return verdict(place, true, witnesses.unheard(place));
      if (place.count - from.count >= limit) return verdict(place, false);
    }
  } catch (error) {
    if (!(error instanceof Corrupt)) throw error;
    const { stream = '', revision = -1 } = error.at;
    return verdict(place, false, { stream, revision, reason: error.message });
  }
}

const nowhere = (reason: string): Finding => ({ stream: '', revision: -1, reason });

function faultOf(checkpoint: Checkpoint, logId: string, keys: ReadonlySet<string>): string | undefined {
  const named = `the checkpoint of ${new Date(checkpoint.time).toISOString()}`;
  if (checkpoint.log !== logId) return `${named} is of the log ${checkpoint.log}, and this is ${logId}`;
  if (!isGenuine(checkpoint)) return `${named} is not what its key has signed`;
  return keys.has(checkpoint.key) ? undefined : `${named} was signed with an unknown key, ${checkpoint.key}`;
}
