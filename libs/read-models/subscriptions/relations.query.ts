import type { ReadModels } from '../database/read-models.js';
import { inChunks } from '../database/chunks.js';
import { RELEASED } from './subscriptions.projection.js';

/** A subscription at the other end of a relation, as its own row has it. */
export interface RelatedSubscription {
  readonly subscription_id: string;
  /** Empty while its first event has not been seen. */
  readonly description: string;
  readonly status: string;
  readonly insync: boolean;
}

/** One that uses the subscription; `told` is the status that the used one knows it by, which decides (rule 4). */
export type UserSubscription = RelatedSubscription & { readonly told: string };

interface Ends {
  readonly id: string;
  readonly description: string | null;
  readonly status: string | null;
  readonly insync: number | null;
  readonly told: string;
}

const relatedOf = ({ id, description, status, insync }: Ends): RelatedSubscription => ({
  subscription_id: id,
  description: description ?? '',
  status: status ?? 'initial',
  insync: insync !== 0,
});

function relations({ db }: ReadModels, from: 'used_id' | 'user_id', to: 'used_id' | 'user_id', id: string) {
  return db
    .selectFrom('subscription_uses')
    .leftJoin('subscriptions', 'subscriptions.id', `subscription_uses.${to}`)
    .select(`subscription_uses.${to} as id`)
    .select(['description', 'status', 'insync', 'user_status as told'])
    .where(`subscription_uses.${from}`, '=', id)
    .where('user_status', '!=', RELEASED)
    .orderBy(`subscription_uses.${to}`)
    .execute() as Promise<readonly Ends[]>;
}

/** The subscriptions that use this one (in_use_by), by id. */
export async function usersOf(readModels: ReadModels, id: string): Promise<readonly UserSubscription[]> {
  const rows = await relations(readModels, 'used_id', 'user_id', id);
  return rows.map((row) => ({ ...relatedOf(row), told: row.told }));
}

/** The subscriptions that this one uses (depends_on), by id. */
export async function usedBy(readModels: ReadModels, id: string): Promise<readonly RelatedSubscription[]> {
  return (await relations(readModels, 'user_id', 'used_id', id)).map(relatedOf);
}

/** Ids of all subscriptions that use one of these. */
export async function userIdsOf({ db }: ReadModels, ids: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    inChunks(ids).map((chunk) =>
      db
        .selectFrom('subscription_uses')
        .select('user_id')
        .distinct()
        .where('used_id', 'in', chunk)
        .where('user_status', '!=', RELEASED)
        .execute(),
    ),
  );
  return found.flat().map(({ user_id }) => user_id);
}
