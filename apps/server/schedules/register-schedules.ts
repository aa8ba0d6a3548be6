import type { Clock, Ids } from '#kernel';
import type { Runtime } from '#runtime';
import { scheduleStream } from '#schedule';
import { defaultSchedules } from '#tasks';
import type { Logger } from 'pino';

interface Given {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
}

const AGAIN_MS = 10_000;

/** Records the schedules that every installation has, at its first start; what people made of them later is left as it is. */
export async function registerSchedules(given: Given): Promise<void> {
  const { runtime, clock, ids, logger } = given;
  try {
    for (const { id, command } of defaultSchedules(clock.now())) {
      const commandId = ids.uuid();
      const origin = { commandId, correlationId: id, causationId: commandId, actor: 'system', tenant: 'default' };
      await runtime.dispatch(scheduleStream(id), command, origin, 'machine');
    }
  } catch (error) {
    logger.warn({ err: error }, 'the default schedules could not be registered; tried again in ten seconds');
    clock.after(AGAIN_MS, () => void registerSchedules(given));
  }
}
