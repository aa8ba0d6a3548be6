/** The process that changes something, where it is one; a person's change has none. */
export const by = (processId: string | undefined) => (processId === undefined ? {} : { processId });
