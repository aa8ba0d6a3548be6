import { isDeepStrictEqual } from 'node:util';
import { errorAnswer, jsonAnswer } from '../sandbox.types.js';
import type { AzureWork, Data, Place } from './azure.types.js';
import type { AzureWorld } from './route.js';

export const seen = (status: number, body: unknown): AzureWork => ({
  answer: jsonAnswer(status, body),
  applied: false,
});
export const done = (status: number, body: unknown): AzureWork => ({ answer: jsonAnswer(status, body), applied: true });
export const refused = (status: number, code: string, message: string): AzureWork => ({
  answer: errorAnswer(status, code, message),
  applied: false,
});
export const notFound = (what: string): AzureWork => refused(404, 'NotFound', `There is no ${what}.`);
export const exists = (what: string, code = 'AlreadyExists'): AzureWork =>
  refused(409, code, `${what} exists already.`);

/** Without a body, as Graph answers a PATCH or DELETE. */
export const noContent = (applied: boolean): AzureWork => ({ answer: { status: 204, headers: {}, body: '' }, applied });

/** What a PUT does: makes it, finds the same, or refuses another of that name. */
export function putOnce({ store }: AzureWorld, place: Place, data: Data): AzureWork {
  const there = store.find(...place);
  if (there === undefined) {
    store.put(place, data);
    return done(201, data);
  }
  const same = isDeepStrictEqual(there, JSON.parse(JSON.stringify(data)));
  return same ? seen(200, there) : exists(place[2], 'Conflict');
}

/** What a DELETE does: takes it away, or finds nothing. */
export const removeOnce = ({ store }: AzureWorld, place: Place): AzureWork =>
  store.remove(...place) ? noContent(true) : notFound(place[2]);

/** The text in `principalId eq '...'`, where a quote is written twice. */
export const filtered = (query: URLSearchParams, field: string): string | undefined =>
  new RegExp(`^${field} eq '((?:[^']|'')+)'$`).exec(query.get('$filter') ?? '')?.[1]?.replaceAll("''", "'");
