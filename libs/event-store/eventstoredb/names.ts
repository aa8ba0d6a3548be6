import type { EventFilter, StreamName } from '../port.js';

/** What the server is asked to leave out: it takes one kind of condition, the rest is decided here. */
export type ServerFilter = { readonly streamPrefixes: readonly string[] } | { readonly typePattern: string };

/** System events, links and metadata: never ours. */
const NOT_SYSTEM: ServerFilter = { typePattern: '^[^$]' };

/** Our stream names on a server that others use too: all of ours begin with one prefix (PURVEYOR_STREAM_PREFIX), which nobody else sees. */
export class Names {
  /** Where the log's id is kept: outside our own streams. */
  readonly logIdStream: string;

  constructor(readonly prefix: string) {
    this.logIdStream = `purveyorLog-${prefix === '' ? 'default' : prefix}`;
  }

  toServer(stream: StreamName): string {
    return this.prefix + stream;
  }

  /** Our name of a stream, or undefined for one that is not ours. */
  fromServer(stream: string): StreamName | undefined {
    if (!stream.startsWith(this.prefix) || stream.startsWith('$') || stream === this.logIdStream) return undefined;
    return stream.slice(this.prefix.length);
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
