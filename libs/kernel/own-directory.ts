/**
 * How `mkdir` makes a directory that one process owns: for its user only, because views and vault lie in it, and the views hold personal data in plain
 * text (docs/adr/0009). One that is there keeps its rights.
 */
export const OWN_DIRECTORY = { recursive: true, mode: 0o700 } as const;
