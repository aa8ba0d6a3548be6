import { systemIds } from '#kernel';
import { StoreUnavailable } from '../errors.js';
import type { FeedSource } from './feed.js';
import { readEvents } from './pages.js';
import { appendMessages, streamRequest } from './requests.js';

/**
 * The log's id: the first event of a stream outside our own, written by whoever opens the log first. The event's own id is the log's.
 */
export async function logIdOf(source: Omit<FeedSource, 'head'>): Promise<string> {
  const stream = source.names.logIdStream;
  const read = async () => {
    for await (const event of readEvents(source, streamRequest(stream, { backwards: false, count: 1 })))
      return event.getEvent()?.getId()?.getString();
    return undefined;
  };
  const found = await read();
  if (found !== undefined) return found;
  const event = { id: systemIds(source.clock).uuid(), type: 'LogOpened', data: '{}', metadata: '{}' };
  // Another opener may be first: its event is then the one that is read.
  await source.connection.append(appendMessages(stream, 'no_stream', [event]));
  const written = await read();
  if (written === undefined) throw new StoreUnavailable('the id of the log cannot be read back', true);
  return written;
}
