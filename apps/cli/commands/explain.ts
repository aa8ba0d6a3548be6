import type { Command } from 'commander';
import type { Row } from '../http/pages.js';
import { detail } from '../output/detail.js';
import type { Open } from '../options.js';

/** `explain STREAM`: what an instance waits for. */
export function addExplain(program: Command, open: Open): void {
  program
    .command('explain <stream>')
    .description('what an instance, such as portfolio-ID, waits for, and which commands would help')
    .action(async (stream: string) => {
      const { client, output } = open();
      const { body } = await client.get(`/api/explain/${encodeURIComponent(stream)}`);
      output.answer(body, () => detail(body as Row, output.width));
    });
}
