/** Opens on first demand, once for all who ask. What could not be opened is not kept: the next one who asks tries again. */
export function opensOnce<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () =>
    (opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    }));
}
