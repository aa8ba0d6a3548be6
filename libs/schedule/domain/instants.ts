import { Cron } from 'croner';
import type { Trigger } from '../published/index.js';

/**
 * The first instant after `after` (ms since the epoch) at which a trigger runs; null when there is none any more. Wall clock times that
 * a change to summer time leaves out run at its end; those that come twice when it ends run the first time only, unless the hour is a
 * wildcard (croner's rules, tested in instants.spec.ts).
 */
export function nextInstant(trigger: Trigger, after: number): number | null {
  const found = unbounded(trigger, after);
  const until = trigger.kind === 'date' ? undefined : trigger.until;
  return found === null || (until !== undefined && found > until) ? null : found;
}

function unbounded(trigger: Trigger, after: number): number | null {
  switch (trigger.kind) {
    case 'date':
      return trigger.at > after ? trigger.at : null;
    case 'interval': {
      const { from, everyMs } = trigger;
      return after < from ? from : from + (Math.floor((after - from) / everyMs) + 1) * everyMs;
    }
    case 'cron': {
      // croner looks at whole seconds.
      const start = Math.max(after, (trigger.from ?? -Infinity) - 1);
      return cronOf(trigger.pattern, trigger.timezone).nextRun(new Date(start))?.getTime() ?? null;
    }
  }
}

/** Both a day of the month and a day of the week must fit where both are given, as APScheduler has it. Throws for what is no pattern. */
export const cronOf = (pattern: string, timezone: string): Cron =>
  new Cron(pattern, { timezone, paused: true, domAndDow: true, mode: '6-or-7-parts' });
