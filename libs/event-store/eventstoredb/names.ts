import { StoreError } from '../errors.js';
import type { EventFilter, StreamName } from '../port.js';

/** What the server is asked to leave out: it takes one kind of condition, the rest is decided here. */
export type ServerFilter = { readonly streamPrefixes: readonly string[] } | { readonly typePattern: string };

/** System events, links and metadata: never ours. */
const NOT_SYSTEM: ServerFilter = { typePattern: '^[^$]' };

/** Every installation's stream that holds the id of its log. */
const LOG_ID = 'purveyorLog-';
/** A category: without an underscore, in which every prefix ends. So of two prefixes, or one and none, no name belongs to both. */
const IN_CATEGORY = /^[A-Za-z][A-Za-z0-9]*-/;

/** Our stream names on a server that others use too: all of ours begin with one prefix (PURVEYOR_STREAM_PREFIX), which nobody else sees. */
export class Names {
  /** Where the log's id is kept: outside our own streams. */
  readonly logIdStream: string;

  /** Throws a StoreError for a prefix whose streams could not be told from those of another one. */
  constructor(readonly prefix: string) {
    if (prefix !== '' && !prefix.endsWith('_'))
      throw new StoreError('store_refused', `the stream prefix ${prefix} does not end in an underscore`);
    this.logIdStream = LOG_ID + (prefix === '' ? 'default' : prefix);
  }

  /** Whether a stream may have this name: what has another one could be written but never read again. */
  allows(stream: StreamName): boolean {
    return IN_CATEGORY.test(stream) && !stream.startsWith(LOG_ID);
  }

  toServer(stream: StreamName): string {
    return this.prefix + stream;
  }

  /** Our name of a stream, or undefined for one that is not ours. */
  fromServer(stream: string): StreamName | undefined {
    if (!stream.startsWith(this.prefix)) return undefined;
    const name = stream.slice(this.prefix.length);
    return this.allows(name) ? name : undefined;
  }

  serverFilter(filter: EventFilter = {}): ServerFilter {
    const { streamPrefixes = [], types = [] } = filter;
    if (types.length === 0 && streamPrefixes.length > 0)
      return { streamPrefixes: streamPrefixes.map((prefix) => this.toServer(prefix)) };
    if (types.length > 0 && streamPrefixes.length === 0)
      return { typePattern: `^(?:${types.map(escaped).join('|')})$` };
    return this.prefix === '' ? NOT_SYSTEM : { streamPrefixes: [this.prefix] };
  }
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
