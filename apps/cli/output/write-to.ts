import { once } from 'node:events';

/** Waits while the other side has not taken what it was given. */
export async function writeTo(target: NodeJS.WritableStream, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of body) if (!target.write(chunk)) await once(target, 'drain');
}
