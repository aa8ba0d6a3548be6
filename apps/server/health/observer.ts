import { categoryOf, type EventMetadata, type EventStore } from '#event-store';
import type { Outcome } from '#kernel';
import type { Metrics } from '#platform';
import type { Attempted, Observer } from '#runtime';
import type { Logger } from 'pino';

/** Tells the meters what the runner does, and the log what it leaves alone. */
export function observing(metrics: Metrics, logger: Logger, store: EventStore): Partial<Observer> {
  return {
    appended: (ms, events) => {
      metrics.appends.add(1);
      metrics.appendSeconds.observe(ms / 1000);
      metrics.appendedEvents.add(events);
    },
    effect: (effect, outcome, ms, of) => {
      metrics.effects.inc({ effect, outcome: outcome.kind });
      if (outcome.kind === 'failed') logger.info(lineOf(effect, ms, of, outcome), 'an attempt has failed');
      else if (logger.isLevelEnabled('debug'))
        logger.debug(lineOf(effect, ms, of, outcome), 'an attempt has come back');
    },
    late: (ms) => metrics.timerLateness.observe(Math.max(0, ms) / 1000),
    stuck: (stream, error) => {
      metrics.stuck.inc({ category: categoryOf(stream) });
      void correlationOf(store, stream).then((correlationId) =>
        logger.warn({ stream, correlationId, err: error }, 'left alone by this process'),
      );
    },
  };
}

/** With the flow's own ids, for attempts begin in the context of whoever made room for them; without messages, which may tell of people. */
function lineOf(effect: string, ms: number, { stream, run, flow }: Attempted, outcome: Outcome) {
  const { correlationId, actor, tenant } = flow;
  const told = outcome.kind === 'failed' ? { failure: { kind: outcome.failure.kind, code: outcome.failure.code } } : {};
  const { key, attempt } = run;
  return { correlationId, actor, tenant, stream, key, attempt, effect, outcome: outcome.kind, ms, ...told };
}

/** The flow's own: the timers that wake an instance run in the context of whichever request armed them. Empty where there is none. */
async function correlationOf(store: EventStore, stream: string): Promise<string> {
  try {
    const [first] = (await store.readStream(stream, { limit: 1 })).events;
    return first ? (JSON.parse(first.metadata) as EventMetadata).$correlationId : '';
  } catch {
    return '';
  }
}
