import { categoryOf, type EventMetadata, type EventStore } from '#event-store';
import type { Metrics } from '#platform';
import type { Observer } from '#runtime';
import type { Logger } from 'pino';

/** Tells the meters what the runner does, and the log what it leaves alone. */
export function observing(metrics: Metrics, logger: Logger, store: EventStore): Partial<Observer> {
  return {
    appended: (ms, events) => {
      metrics.appends.add(1);
      metrics.appendSeconds.observe(ms / 1000);
      metrics.appendedEvents.add(events);
    },
    effect: (effect, outcome) => metrics.effects.inc({ effect, outcome }),
    late: (ms) => metrics.timerLateness.observe(Math.max(0, ms) / 1000),
    stuck: (stream, error) => {
      metrics.stuck.inc({ category: categoryOf(stream) });
      void correlationOf(store, stream).then((correlationId) =>
        logger.warn({ stream, correlationId, err: error }, 'left alone by this process'),
      );
    },
  };
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
