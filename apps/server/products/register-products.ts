import { definitionOf, productStream, type Catalogue } from '#catalogue';
import type { Clock, Ids } from '#kernel';
import type { Runtime } from '#runtime';
import type { Logger } from 'pino';

interface Given {
  readonly catalogue: Catalogue;
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
}

const AGAIN_MS = 10_000;

/**
 * Records what the code defines, product by product: the first time, and again when it changed; otherwise nothing is written. Nothing
 * else waits for it: while the log does not take it, it is tried again every ten seconds.
 */
export async function registerProducts(given: Given): Promise<void> {
  try {
    for (const product of given.catalogue.registered) await register(given, product);
  } catch (error) {
    given.logger.warn({ err: error }, 'the products could not be registered; tried again in ten seconds');
    given.clock.after(AGAIN_MS, () => void registerProducts(given));
  }
}

async function register({ runtime, clock, ids }: Given, product: Catalogue['registered'][number]): Promise<void> {
  const commandId = ids.uuid();
  const origin = { commandId, correlationId: commandId, causationId: commandId, actor: 'system', tenant: 'default' };
  const { status = 'active' } = product;
  const command = { type: 'RegisterProduct', definition: definitionOf(product), status, time: clock.now() };
  await runtime.dispatch(productStream(product.productId), command, origin, 'machine');
}
