/** The owner of a group's checkpoints: what keeps one group alive says nothing of the others of its process. */
export const projectorId = (process: string, group: string): string => `${process}/${group}`;
