import { Refusal } from '#kernel';
import { ENGINE_STREAM, type EngineState } from '#settings';
import type { Parts } from './parts.js';

/** Lets the runner know what the log says about the engine. */
export async function readEngine({ runtime }: Pick<Parts, 'runtime'>): Promise<void> {
  const { state } = await runtime.load<EngineState>(ENGINE_STREAM);
  if (state.pausedSince !== null) runtime.pause();
  else if (state.continuedAt !== null) await runtime.unpause(state.continuedAt);
}

/** Seconds after which it is worth a try: nobody knows how long people pause. */
const RETRY_AFTER = 30;

/** Refusal `engine_paused` 503 with Retry-After while nothing may begin. */
export function requireRunning({ runtime }: Pick<Parts, 'runtime'>): void {
  if (runtime.paused) throw new Refusal('engine_paused', 503, 'the engine is paused', { retryAfter: RETRY_AFTER });
}
