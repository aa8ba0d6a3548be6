import { Webhook } from 'standardwebhooks';
import type { Database } from './database.js';

const ATTEMPT_TIMEOUT_MS = 5_000;
const FIRST_BACKOFF_MS = 200;
const BACKOFF_CAP_MS = 30_000;

interface Row {
  id: string;
  url: string;
  body: string;
  due: number;
  deliveries: number;
  attempts: number;
}

export interface NewCallback {
  /** The webhook-id: one per logical answer, the same on every attempt. */
  readonly id: string;
  readonly resource: string;
  readonly url: string;
  readonly body: unknown;
  /** Epoch milliseconds of the first attempt. */
  readonly due: number;
  /** How often it is delivered successfully: 2 tells the same answer twice. */
  readonly deliveries: number;
}

/** 2xx is success; other 4xx end it (410 and 404 say that nobody waits); 408, 429 and the rest are tried again. */
function verdict(status: number): 'delivered' | 'refused' | 'again' {
  if (status >= 200 && status < 300) return 'delivered';
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'refused' : 'again';
}

/** Durable outbox of signed callbacks (Standard Webhooks). An open row is tried until it is answered, over restarts. */
export class Callbacks {
  private readonly webhook: Webhook;
  private readonly closing = new AbortController();
  private readonly busy = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    secret: string,
  ) {
    this.webhook = new Webhook(secret);
  }

  /** To be called in the transaction that accepts the work; `schedule` afterwards sets the timer. */
  add(callback: NewCallback): void {
    this.database.run(
      'INSERT INTO callbacks (id, resource, url, body, due, deliveries) VALUES (?, ?, ?, ?, ?, ?)',
      callback.id,
      callback.resource,
      callback.url,
      JSON.stringify(callback.body),
      callback.due,
      callback.deliveries,
    );
  }

  list(): unknown[] {
    return this.database.all('SELECT id, resource, url, due, deliveries, attempts, state, last FROM callbacks');
  }

  /** Sets the timer to the earliest open row. */
  schedule(): void {
    if (this.closing.signal.aborted) return;
    clearTimeout(this.timer);
    const open = this.database.all<Row>("SELECT * FROM callbacks WHERE state = 'open' ORDER BY due");
    const next = open.find((row) => !this.busy.has(row.id));
    if (next === undefined) return;
    const wait = Math.min(Math.max(next.due - Date.now(), 0), 2 ** 31 - 1);
    this.timer = setTimeout(() => this.deliverDue(), wait);
  }

  /** Makes one attempt now and resolves when it has been answered or has failed. */
  async deliverNow(id: string): Promise<void> {
    const row = this.database.get<Row>("SELECT * FROM callbacks WHERE id = ? AND state = 'open'", id);
    if (row !== undefined) await this.start(row);
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    this.closing.abort();
    await Promise.all(this.busy.values());
  }

  private deliverDue(): void {
    const due = this.database.all<Row>("SELECT * FROM callbacks WHERE state = 'open' AND due <= ?", Date.now());
    for (const row of due) if (!this.busy.has(row.id)) void this.start(row);
    this.schedule();
  }

  private start(row: Row): Promise<void> {
    const running = this.attempt(row).finally(() => {
      this.busy.delete(row.id);
      this.schedule();
    });
    this.busy.set(row.id, running);
    return running;
  }

  private async attempt(row: Row): Promise<void> {
    try {
      const answer = await this.send(row);
      this.settle(row, verdict(answer.status), String(answer.status), Number(answer.headers.get('retry-after')));
    } catch (error) {
      // A closing sandbox aborts what is under way: the row stays open and goes out after the restart.
      if (!this.closing.signal.aborted) this.settle(row, 'again', String(error), 0);
    }
  }

  private async send(row: Row): Promise<Response> {
    const now = new Date();
    const answer = await fetch(row.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': row.id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': this.webhook.sign(row.id, now, row.body),
      },
      body: row.body,
      signal: AbortSignal.any([this.closing.signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]),
    });
    await answer.body?.cancel();
    return answer;
  }

  private settle(row: Row, result: ReturnType<typeof verdict>, last: string, retryAfterSeconds: number): void {
    const deliveries = row.deliveries - (result === 'again' ? 0 : 1);
    const state = deliveries > 0 ? 'open' : result;
    const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(row.attempts, 20), BACKOFF_CAP_MS);
    const wait = result === 'again' ? Math.max(backoff, (retryAfterSeconds || 0) * 1000) : 0;
    this.database.run(
      'UPDATE callbacks SET deliveries = ?, state = ?, due = ?, attempts = attempts + 1, last = ? WHERE id = ?',
      deliveries,
      state,
      Date.now() + wait,
      last,
      row.id,
    );
  }
}
