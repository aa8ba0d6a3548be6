import { categoryOf } from '#event-store';
import type { Metrics } from '#platform';
import type { Observer } from '#runtime';
import type { Logger } from 'pino';

/** Tells the meters what the runner does, and the log what it leaves alone. */
export function observing(metrics: Metrics, logger: Logger): Partial<Observer> {
  return {
    appended: (ms, events) => {
      metrics.appends.inc();
      metrics.appendSeconds.observe(ms / 1000);
      metrics.appendedEvents.inc(events);
    },
    effect: (effect, outcome) => metrics.effects.inc({ effect, outcome }),
    late: (ms) => metrics.timerLateness.observe(Math.max(0, ms) / 1000),
    stuck: (stream, error) => {
      metrics.stuck.inc({ category: categoryOf(stream) });
      logger.warn({ stream, err: error }, 'left alone by this process');
    },
  };
}
