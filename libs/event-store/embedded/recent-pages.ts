import { type AllPage, type Position } from '../port.js';

/** Pages kept; subscribers that are further apart read for themselves. */
const KEPT = 2;

/**
 * What was read last of the whole log. Subscribers of one thread follow each other closely, and reading an event costs as much as
 * handling it: the first one reads, checks and parts the rows for all of them, and they go on from where its page ended. Those that wake
 * together come one after the other, so nothing here may wait.
 */
export class RecentPages {
  private pages: readonly AllPage[] = [];

  /** What is kept behind `after`, else what `read` finds there. */
  behind(after: Position, read: (after: Position) => AllPage): AllPage {
    const known = this.pages.find(({ events, next }) => events[0]!.position <= after + 1 && next > after);
    if (known !== undefined) return rest(known, after);
    const page = read(after);
    if (page.events.length > 0) this.pages = [page, ...this.pages.slice(0, KEPT - 1)];
    return page;
  }
}

/** Its end may be the log's no more: who has come to it looks at the head before waiting. */
function rest({ events, next, end }: AllPage, after: Position): AllPage {
  const first = events.findIndex(({ position }) => position > after);
  return { events: first === 0 ? events : events.slice(first), next, end };
}
