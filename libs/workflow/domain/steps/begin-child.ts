import { isRefusal, type Outcome } from '#kernel';
import type { StepContext } from '../step-context.js';

/** The command for a child cannot be made; its cause is what was thrown. Nothing has left, so a corrected value is another request (law 2). */
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
    throw isRefusal(cause) ? cause : new NothingSent(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
