import { uuidV5 } from '#platform';

/**
 * Id of an own instance that carries none: the same for the same place in a subscription. `path`: attribute, field, index ... To refer
 * to the root block of another subscription, its path is the attribute alone.
 */
export const instanceId = (subscriptionId: string, path: readonly string[]): string =>
  uuidV5(JSON.stringify(['instance', subscriptionId, ...path]));
