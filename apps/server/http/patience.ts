import { Refusal, type Clock } from '#kernel';

const WAIT_MS = 3_000;

/**
 * What `work` gives, if it does so within 3 s. After that only the caller stops waiting: a command that is on its way to a silent log is
 * sent on until the log has answered. Refusal `outcome_unknown` 503; the same Idempotency-Key later tells the truth.
 */
export function withPatience<T>(clock: Clock, commandId: string, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(WAIT_MS, () => reject(outcomeUnknown(commandId)));
    work.finally(cancel).then(resolve, reject);
  });
}

const outcomeUnknown = (commandId: string): Refusal =>
  new Refusal('outcome_unknown', 503, 'the log has not answered in time; the command may or may not be recorded', {
    outcome: 'unknown',
    command_id: commandId,
    retryAfter: WAIT_MS / 1_000,
  });
