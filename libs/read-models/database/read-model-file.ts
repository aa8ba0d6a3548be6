/** The views of an embedded server, in its data directory. In a file of its own, for those who want to know no more of them. */
export const READ_MODEL_FILE = 'read-models.db';
