import { searchable } from '../database/words.js';
import type { ProcessDoc } from './process.doc.js';

/** What a search looks in. States and forms are not in it: they may hold anything. */
export const searchText = ({ started, note, failedReason }: ProcessDoc): string =>
  searchable([
    started.workflow,
    started.target,
    started.createdBy,
    started.customerId,
    started.product?.name,
    note,
    failedReason,
  ]);
