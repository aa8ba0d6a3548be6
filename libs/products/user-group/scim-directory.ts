import { request } from 'undici';
import { Refusal } from '#kernel';
import { retryAfterMs } from '#runtime';
import type { DirectoryGroup, DirectoryPort } from './directory.port.js';

const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/** SCIM 2.0 (RFC 7644) over HTTP; `base` is the service's root, without a slash at its end, `token` its bearer token (RFC 6750). */
export function scimDirectory(base: string, token?: string): DirectoryPort {
  const send: Send = (method, url, json, extra, signal) =>
    ask(method, url, json, token === undefined ? extra : { authorization: `Bearer ${token}`, ...extra }, signal);
  const findGroup: DirectoryPort['findGroup'] = async (by, signal) => {
    const [[attribute, value] = []] = Object.entries(by);
    const filter = encodeURIComponent(`${attribute} eq ${JSON.stringify(value)}`);
    const answer = await send('GET', `${base}/Groups?filter=${filter}`, undefined, {}, signal);
    if (answer.status !== 200) throw refused(answer);
    return ((answer.body as { Resources?: DirectoryGroup[] }).Resources ?? []).find(
      (group) => group[attribute as 'externalId'] === value,
    );
  };
  return {
    findGroup,
    async createGroup(displayName, externalId, signal) {
      // A lost answer must not make a second group, whatever the directory thinks of equal names.
      const known =
        (await findGroup({ externalId }, signal)) ?? own(await findGroup({ displayName }, signal), externalId);
      if (known) return known;
      const group = { schemas: [GROUP], displayName, externalId };
      const headers = { 'idempotency-key': externalId };
      const answer = await send('POST', `${base}/Groups`, group, headers, signal);
      if (answer.status === 201 || answer.status === 200) return created(answer.body);
      if (answer.status !== 409) throw refused(answer);
      const other = own(await findGroup({ displayName }, signal), externalId);
      if (other) return other;
      throw refused(answer);
    },
    async deleteGroup(id, signal) {
      const url = `${base}/Groups/${encodeURIComponent(id)}`;
      const answer = await send('DELETE', url, undefined, {}, signal);
      if (answer.status !== 404 && (answer.status < 200 || answer.status >= 300)) throw refused(answer);
    },
  };
}

/** The group when it is ours, undefined when there is none; another's group of that name is a refusal. */
function own(group: DirectoryGroup | undefined, externalId: string): DirectoryGroup | undefined {
  if (group === undefined || group.externalId === externalId) return group;
  throw new Refusal('group_name_taken', 409, `another group is named ${group.displayName}`, { group_id: group.id });
}

function created(body: unknown): DirectoryGroup {
  if (typeof (body as DirectoryGroup | null)?.id === 'string') return body as DirectoryGroup;
  throw new Refusal('directory_answer_invalid', 502, 'the directory created a group and told no id');
}

/** 408 and 429 are passing, so they count as unavailable; how long the directory asks to wait goes with it (Retry-After). */
function refused({ status, body, retryAfter }: Answer): Refusal {
  const detail = (body as { detail?: unknown } | null)?.detail;
  const passing = status >= 500 || status === 408 || status === 429;
  const text = typeof detail === 'string' ? detail : `the directory answered ${status}`;
  if (!passing) return new Refusal('directory_refused', status, text);
  const wait = retryAfterMs(retryAfter, Date.now());
  return new Refusal('directory_unavailable', 503, text, wait === undefined ? {} : { retryAfter: wait / 1_000 });
}

type Send = typeof ask;
type Answer = Awaited<ReturnType<Send>>;

async function ask(method: 'GET' | 'POST' | 'DELETE', url: string, json: unknown, extra: object, signal?: AbortSignal) {
  const headers = { accept: 'application/scim+json', 'content-type': 'application/scim+json', ...extra };
  const body = json === undefined ? undefined : JSON.stringify(json);
  const answer = await request(url, { method, headers, body, signal });
  const text = await answer.body.text();
  const retryAfter = [answer.headers['retry-after'] ?? null].flat()[0] ?? null;
  return { status: answer.statusCode, body: parse(text), retryAfter };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
