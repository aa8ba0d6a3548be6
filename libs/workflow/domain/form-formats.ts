/** Formats of fields that are shown and never answered (reference 2.2). */
export const DISPLAYED: ReadonlySet<string> = new Set([
  'label',
  'divider',
  'summary',
  'callout',
  'markdown',
  'subscription',
]);
