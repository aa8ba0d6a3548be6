import { accept, page, summary, type Summary } from './form-fields.js';
import type { FormPage } from './form.js';

/** Shows what was and what will be, and asks for nothing. */
export function summaryPage<L>(title: string, data: (answers: readonly object[], live: L) => Summary): FormPage<L> {
  return { schema: (answers, live) => page(title, { summary: summary(data(answers, live)) }), enters: () => ({}) };
}

/** One box to tick, such as `Are you sure?`; what it answers does not enter the state. */
export function acceptPage<L>(title: string, field: string, line: (live: L) => string | Promise<string>): FormPage<L> {
  return {
    schema: async (_, live) => page(title, { [field]: accept([[await line(live), 'checkbox']]) }),
    enters: () => ({}),
  };
}
