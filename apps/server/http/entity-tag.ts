import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

/** A weak entity tag (RFC 9110 section 8.8.3) of an answer's text: the same text has the same tag, over restarts too. */
export const entityTag = (text: string): string =>
  `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;

/** Whether If-None-Match names the tag, by weak comparison (RFC 9110 section 13.1.2), so also when it is echoed verbatim. */
export function matches(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const bare = (each: string) => each.trim().replace(/^W\//, '');
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((each) => bare(each) === bare(tag));
}

/** ETag on every answer of a query, and 304 without a body to a caller who has that answer already. */
export function addEntityTags(fastify: FastifyInstance): void {
  fastify.addHook('onSend', async (request, reply, payload) => {
    const query = request.method === 'GET' && request.url.startsWith('/api/');
    if (!query || reply.statusCode !== 200 || typeof payload !== 'string') return payload;
    const tag = entityTag(payload);
    void reply.header('ETag', tag);
    if (!matches(request.headers['if-none-match'], tag)) return payload;
    void reply.code(304).removeHeader('content-type').removeHeader('content-length');
    return null;
  });
}
