import type { LogRecord } from './log.js';

interface Expression {
  getRegex(): string;
  getPrefixList(): string[];
}

/** What the filter messages of subscriptions and of persistent subscriptions have in common. */
interface FilterMessage {
  getStreamIdentifier(): Expression | undefined;
  getEventType(): Expression | undefined;
}

/** A regular expression or any of several prefixes, of the stream's name or of the event's type. */
export interface RecordFilter {
  readonly byStream: boolean;
  readonly regex: string;
  readonly prefixes: readonly string[];
}

export function filterOf(message: FilterMessage | undefined): RecordFilter | undefined {
  const byStream = message?.getStreamIdentifier();
  const expression = byStream ?? message?.getEventType();
  if (expression === undefined) return undefined;
  return { byStream: byStream !== undefined, regex: expression.getRegex(), prefixes: expression.getPrefixList() };
}

/** A predicate over records; everything without a filter. */
export function matching(filter: RecordFilter | undefined): (record: LogRecord) => boolean {
  if (filter === undefined) return () => true;
  const { byStream, regex, prefixes } = filter;
  const text = (record: LogRecord) => (byStream ? record.stream : record.type);
  if (regex === '') return (record) => prefixes.some((prefix) => text(record).startsWith(prefix));
  const pattern = new RegExp(regex);
  return (record) => pattern.test(text(record));
}
