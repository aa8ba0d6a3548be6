import { sql } from 'kysely';
import type { ReadModels } from '../database/read-models.js';

/** Steps that are not over, alike in everything told; times are ms since the epoch. */
export interface OpenSteps {
  readonly kind: string;
  readonly step: string;
  readonly state: string;
  readonly on: string;
  readonly assignee: string | null;
  readonly count: number;
  readonly oldestSince: number;
  /** Of them, those whose answer is overdue. */
  readonly overdue: number;
}

/** By index only: its cost grows with what is open, not with what there was. */
export async function openSteps({ db }: ReadModels, category: string, now: number): Promise<readonly OpenSteps[]> {
  const rows = await db
    .selectFrom('open_steps')
    .select(['kind', 'place', 'state', 'waits_on', 'assignee'])
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('since').as('oldest')])
    .select(
      sql<number>`SUM(CASE WHEN state = 'overdue' OR (state = 'accepted' AND due < ${now}) THEN 1 ELSE 0 END)`.as(
        'overdue',
      ),
    )
    .where('category', '=', category)
    .groupBy(['kind', 'place', 'state', 'waits_on', 'assignee'])
    .orderBy('oldest')
    .execute();
  return rows.map(({ kind, place, state, waits_on, assignee, count, oldest, overdue }) => ({
    kind,
    step: place,
    state,
    on: waits_on,
    assignee,
    count: Number(count),
    oldestSince: Number(oldest),
    overdue: Number(overdue),
  }));
}

export interface FailedStep {
  readonly stream: string;
  readonly category: string;
  readonly kind: string;
  readonly step: string;
  readonly since: number;
  readonly attempts: number;
  readonly code: string | null;
  readonly assignee: string | null;
}

/** Steps that failed for good since then and still stand so, the last first; with how many there are. */
export async function failedSteps({ db }: ReadModels, since: number, limit: number) {
  const failed = db.selectFrom('open_steps').where('state', '=', 'failed').where('since', '>=', since);
  const rows = await failed
    .select(['stream', 'category', 'kind', 'step', 'since', 'attempts', 'code', 'assignee'])
    .orderBy('since', 'desc')
    .orderBy('stream')
    .limit(limit)
    .execute();
  const { total } = await failed.select((eb) => eb.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { items: rows.map((row): FailedStep => ({ ...row, since: Number(row.since) })), total: Number(total) };
}

/** Failures that stand, by what failed and why. */
export async function standingFailures({ db }: ReadModels, category: string) {
  const rows = await db
    .selectFrom('open_steps')
    .select(['kind', 'place', 'code', (eb) => eb.fn.countAll<number>().as('count')])
    .where('category', '=', category)
    .where('state', '=', 'failed')
    .groupBy(['kind', 'place', 'code'])
    .execute();
  return rows.map(({ kind, place, code, count }) => ({
    kind,
    step: place,
    code: code ?? 'other',
    count: Number(count),
  }));
}
