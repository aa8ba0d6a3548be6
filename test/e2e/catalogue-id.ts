import { uuidV5 } from '../../libs/platform/crypto/hashes.js';

/** The id by which the catalogue knows what has none of its own. */
export const catalogueId = (kind: string, name: string): string => uuidV5(JSON.stringify([kind, name]));
