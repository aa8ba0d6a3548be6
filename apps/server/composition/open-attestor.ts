import { Attestor, checkpointText, openCheckpointFile, Signer } from '#audit';
import type { EventStore } from '#event-store';
import type { Clock } from '#kernel';
import type { Config } from '#platform';
import type { Logger } from 'pino';
import type { Closing } from './closing.js';

interface Given {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly store: EventStore;
}

/** Opens what signs checkpoints; a process with the role projector signs by itself, as often as the configuration says. */
export function openAttestor({ config, logger, clock, store }: Given, closing: Closing) {
  const checkpoints = openCheckpointFile(config.dataDir, store.logId);
  closing.add(() => checkpoints.close());
  const attestor = new Attestor(store, checkpoints, new Signer(config.auditKey));
  closing.add(() => attestor.stop());
  const every = config.checkpointSeconds * 1_000;
  let cancel = () => {};
  const again = () => {
    if (!attestor.stopped) cancel = clock.after(every, () => void attest().finally(again));
  };
  const attest = async () => {
    try {
      // Where logs are collected, that is a copy out of reach of who can change the data directory.
      logger.info({ checkpoint: checkpointText(await attestor.attest(clock.now())) }, 'the log was checked and signed');
    } catch (error) {
      if (!attestor.stopped) logger.error({ err: error }, 'no checkpoint could be signed');
    }
  };
  if (every > 0 && config.roles.includes('projector')) again();
  closing.add(() => cancel());
  return { checkpoints, attestor };
}
