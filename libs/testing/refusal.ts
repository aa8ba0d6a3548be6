import { isRefusal, type Refusal } from '#kernel';

/** What `run` was refused with; throws when it was not. */
export function refusal(run: () => unknown): Refusal {
  try {
    run();
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
  throw new Error('was not refused');
}
