/** One server-sent event; `data` is undefined for a frame that only moves the id (a beat). */
export interface Frame {
  readonly id: string | undefined;
  readonly data: string | undefined;
}

/** Frames of an event stream (HTML Living Standard, 9.2), as far as one line of data goes; ends with the connection. */
export async function* framesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) yield frameOf(part.split('\n'));
  }
}

function frameOf(lines: readonly string[]): Frame {
  const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  return { id: field('id'), data: field('data') };
}
