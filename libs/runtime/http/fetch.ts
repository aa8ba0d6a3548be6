import { opensOnce } from '#kernel';

export const MAX_RESPONSE_BYTES = 1024 * 1024;

/** The part of `fetch` that effects need; tests and simulations give their own. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;
export interface FetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}
export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** Connections of our own: idle ones are dropped early, because a write to a closed one is an unknown outcome. */
async function openClient(): Promise<Fetch> {
  const { default: undici } = await import('undici');
  const { Agent, fetch } = undici;
  const agent = new Agent({ keepAliveTimeout: 2_000, keepAliveMaxTimeout: 10_000, connections: 64 });
  return (url, init) => fetch(url, { ...init, dispatcher: agent });
}

/** Loaded with the first request: the projector's thread knows events of this library and sends nothing. */
const client = opensOnce(openClient);
export const systemFetch: Fetch = async (url, init) => (await client())(url, init);

/** The body as text, or undefined when it is over the limit; the rest is then not read. */
export async function readText(response: FetchResponse): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_RESPONSE_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
