import { isRefusal, type Outcome } from '#kernel';
import type { StepContext } from '../step-context.js';

/** What the command for a child could not be made of, its cause: nothing has left, so a corrected value is another request (law 2). */
export class NothingSent extends Error {}

/**
 * Begins the child of a step, or finds it: what an earlier attempt began is the child, whatever the code makes of the same input now.
 * `absent`: the status of a child that is not there.
 */
export async function beginChild(
  context: StepContext,
  child: string,
  absent: 'ABSENT' | 'none',
  command: () => { readonly type: string },
): Promise<Outcome> {
  try {
    await context.dispatch(child, made(command), context.idempotencyKey);
  } catch (error) {
    const begun = context.attempt > 1 && (await context.load<{ readonly status: string }>(child)).status !== absent;
    if (!begun) throw error;
  }
  return { kind: 'accepted', location: child };
}

function made<C>(command: () => C): C {
  try {
    return command();
  } catch (cause) {
    throw isRefusal(cause) ? cause : new NothingSent('the command for the child cannot be made', { cause });
  }
}
