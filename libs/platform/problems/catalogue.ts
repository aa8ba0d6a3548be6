import type { ErrorEntry } from './entry.js';
import { callbacks, machine } from './machine-errors.js';
import { operations } from './operation-errors.js';
import { processes } from './process-errors.js';
import { input } from './input-errors.js';
import { projectionErrors } from './projection-errors.js';
import { schedules } from './schedule-errors.js';
import { state } from './state-errors.js';
import { subscriptions } from './subscription-errors.js';

/** Every error code of the HTTP interface; docs/reference/errors.md is generated from it. */
export const errorCatalogue: readonly ErrorEntry[] = [
  ...input,
  ...state,
  ...processes,
  ...subscriptions,
  ...operations,
  ...schedules,
  ...projectionErrors,
  ...callbacks,
  ...machine,
];

const byCode = new Map(errorCatalogue.map((e) => [e.code, e]));

export const isKnownCode = (code: string): boolean => byCode.has(code);

/** The entry of a code; an unknown code is a fault of ours and reads as `internal_error`. */
export const errorEntry = (code: string): ErrorEntry => byCode.get(code) ?? byCode.get('internal_error')!;
