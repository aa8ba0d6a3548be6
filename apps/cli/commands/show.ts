import type { Command } from 'commander';
import { KINDS } from '../kinds.js';
import { staleOf, type Row } from '../http/pages.js';
import { detail } from '../output/detail.js';
import type { Open } from '../options.js';

/** `show KIND ID` for every kind that has a page. */
export function addShow(program: Command, open: Open): void {
  const show = program.command('show').description('show everything about one');
  for (const kind of KINDS.filter(({ shown }) => shown))
    show
      .command(`${kind.singular} <id>`)
      .alias(kind.plural)
      .description(`show a ${kind.singular}`)
      .action(async (id: string) => {
        const { client, output } = open();
        const answer = await client.get(`${kind.path}/${encodeURIComponent(id)}`);
        output.answer(answer.body, () => detail(answer.body as Row, output.width));
        const stale = staleOf(answer);
        if (stale !== undefined) output.note(`this may be old: ${stale}`);
      });
}
