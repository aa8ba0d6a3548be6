import { uuidV5 } from '#platform';

/** Namespace of ids that derive from a process. */
const NAMESPACE = '5f0c8f5e-3c1b-5a57-9a55-6d1f1c9e2b70';

/** The id that derives from a name of a process: the same name gives the same id for ever. */
export const derivedId = (name: string): string => uuidV5(name, NAMESPACE);
