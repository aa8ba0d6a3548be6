import { createHash } from 'node:crypto';
import type { Database } from './database.js';
import { errorAnswer, type Answer, type RequestContext } from './sandbox.types.js';

interface Row {
  fingerprint: string;
  status: number;
  headers: string;
  body: string;
}

/** A final answer is given to every repeat of its key; others leave the key open for another attempt. */
export function isFinal(status: number): boolean {
  if (status >= 200 && status < 300) return true;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

function fingerprint(request: RequestContext): string {
  return createHash('sha256').update(`${request.method} ${request.path}\n${request.rawBody}`).digest('hex');
}

/** The first final answer of every Idempotency-Key. */
export class AnswersStore {
  constructor(private readonly database: Database) {}

  /** The stored answer, 422 if the key came with another request, or undefined for a key without a final answer. */
  recall(request: RequestContext): Answer | undefined {
    const row = this.database.get<Row>('SELECT * FROM answers WHERE key = ?', request.key);
    if (row === undefined) return undefined;
    if (row.fingerprint !== fingerprint(request)) {
      return errorAnswer(422, 'IdempotencyKeyReused', 'This Idempotency-Key was used for a different request.');
    }
    return { status: row.status, headers: JSON.parse(row.headers) as Record<string, string>, body: row.body };
  }

  /** Keeps the answer if it is final and the first one of its key. */
  remember(request: RequestContext, answer: Answer): void {
    if (request.key === undefined || !isFinal(answer.status)) return;
    this.database.run(
      'INSERT OR IGNORE INTO answers (key, fingerprint, status, headers, body) VALUES (?, ?, ?, ?, ?)',
      request.key,
      fingerprint(request),
      answer.status,
      JSON.stringify(answer.headers),
      answer.body,
    );
  }
}
