import type { AllPage, Position, StoredEvent } from '../port.js';

/**
 * Kept of what was read last: so many events at least, but pages of few no more than this, and none that goes beyond so many characters.
 * Subscribers that are further apart read for themselves.
 */
const EVENTS = 8_000;
const PAGES = 16;
const CHARACTERS = 16 * 1024 * 1024;

interface Kept {
  readonly page: AllPage;
  readonly characters: number;
}

/**
 * What was read last of the whole log. Subscribers of one thread follow each other closely, and reading an event costs as much as
 * handling it: the first one reads, checks and parts the rows for all of them, and they go on from where its page ended.
 */
export class RecentPages {
  private pages: readonly Kept[] = [];

  /**
   * All that is kept behind `after`, else what `read` finds there. All of it at once, so that who lagged is with the others again: two that
   * go on page by page stay as far apart as they are, and each reads everything for itself.
   */
  behind(after: Position, read: (after: Position) => AllPage): AllPage {
    const kept = this.keptBehind(after);
    if (kept !== undefined) return kept;
    const page = read(after);
    if (page.events.length > 0) this.keep(page);
    return page;
  }

  /** Its end may be the log's no more: who has come to it looks at the head before waiting. */
  private keptBehind(after: Position): AllPage | undefined {
    let events: readonly StoredEvent[] = [];
    let last: AllPage | undefined;
    for (let next = after; ; { next } = last) {
      const kept = this.pages.find(({ page }) => page.events[0]!.position <= next + 1 && page.next > next);
      if (kept === undefined) return last && { events, next, end: last.end };
      const { page } = kept;
      events = events.concat(page.events.slice(page.events.findIndex(({ position }) => position > next)));
      last = page;
    }
  }

  private keep(page: AllPage): void {
    const characters = page.events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
    let [events, all] = [0, 0];
    this.pages = [{ page, characters }, ...this.pages].slice(0, PAGES).filter((each) => {
      events += each.page.events.length;
      all += each.characters;
      return events - each.page.events.length < EVENTS && all <= CHARACTERS;
    });
  }
}
