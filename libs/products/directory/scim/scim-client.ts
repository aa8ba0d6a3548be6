import { Refusal } from '#kernel';
import { isPassing, JsonClient, waitOf, type JsonAnswer } from '../../http/json-client.js';
import { directoryRefused, directoryUnavailable } from '../refusals.js';

/** Requests to a SCIM 2.0 service (RFC 7644). */
export class ScimClient extends JsonClient {
  constructor(base: string, token?: string) {
    super(base, token, 'application/scim+json');
  }

  /** The resource at a path; undefined when it is not there. */
  async read<T>(path: string, signal: AbortSignal | undefined): Promise<T | undefined> {
    const answer = await this.send('GET', path, { signal });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw refused(answer);
    return answer.body as T;
  }

  /**
   * The resource whose attribute has a value. A service may ignore the filter or compare case-insensitively; `same` has the last word.
   */
  async find<T>(
    path: string,
    by: Readonly<Record<string, string>>,
    same: (resource: T) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<T | undefined> {
    const [[attribute, value] = []] = Object.entries(by);
    const filter = encodeURIComponent(`${attribute} eq ${JSON.stringify(value)}`);
    const answer = await this.send('GET', `${path}?filter=${filter}`, { signal });
    if (answer.status !== 200) throw refused(answer);
    return ((answer.body as { Resources?: T[] } | undefined)?.Resources ?? []).find(same);
  }
}

/** How long the directory asks to wait goes with it (Retry-After). */
export function refused(answer: JsonAnswer): Refusal {
  const { status, body } = answer;
  const detail = (body as { detail?: unknown } | null | undefined)?.detail;
  const text = typeof detail === 'string' ? detail : `the directory answered ${status}`;
  return isPassing(answer) ? directoryUnavailable(text, waitOf(answer)) : directoryRefused(status, text);
}

/** What a create answered. Refusal `directory_answer_invalid` 502 when it tells no id. */
export function created<T extends { readonly id: string }>({ body }: JsonAnswer): T {
  if (typeof (body as T | null | undefined)?.id === 'string') return body as T;
  throw new Refusal('directory_answer_invalid', 502, 'the directory created an entry and told no id');
}
