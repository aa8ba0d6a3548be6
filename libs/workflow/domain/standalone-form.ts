import type { Answer, FormPage } from './form.js';

/** A form that starts no process: its answer is the result itself (POST /api/forms/{key}). */
export interface StandaloneForm {
  readonly key: string;
  readonly pages: readonly FormPage[];
  /** What is answered, made of what the pages add. */
  readonly result?: (data: Answer) => object;
}
