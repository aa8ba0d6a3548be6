import type { LogRecord } from './log.js';

interface Expression {
  getRegex(): string;
  getPrefixList(): string[];
}

/** What the filter messages of subscriptions and of persistent subscriptions have in common. */
export interface FilterMessage {
  getStreamIdentifier(): Expression | undefined;
  getEventType(): Expression | undefined;
}

/** A predicate over records: a regular expression or any of several prefixes, of the stream's name or of the event's type. */
export function recordFilter(filter: FilterMessage | undefined): (record: LogRecord) => boolean {
  const byStream = filter?.getStreamIdentifier();
  const expression = byStream ?? filter?.getEventType();
  if (expression === undefined) return () => true;
  const text = (record: LogRecord) => (byStream === undefined ? record.type : record.stream);
  if (expression.getRegex() !== '') {
    const pattern = new RegExp(expression.getRegex());
    return (record) => pattern.test(text(record));
  }
  const prefixes = expression.getPrefixList();
  return (record) => prefixes.some((prefix) => text(record).startsWith(prefix));
}
