import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { Open } from '../options.js';

/** `forget STREAM`: the key that opens somebody's personal data is deleted. */
export function addForget(program: Command, open: Open): void {
  program
    .command('forget <stream>')
    .description('delete for good what is personal of a stream, such as portfolio-ID; needs the role admin')
    .requiredOption('--reason <text>', 'why; it is recorded, so it names no one')
    .option('--key <key>', 'Idempotency-Key; a repeat with the same one is done once')
    .action(async (stream: string, { reason, key = randomUUID() }: { reason: string; key?: string }) => {
      const { client, output } = open();
      const asked = { body: { reason }, headers: { 'idempotency-key': key } };
      const { body } = await client.send('POST', `/api/subjects/${encodeURIComponent(stream)}/forget`, asked);
      output.answer(
        body,
        () => `accepted: follow subject-${stream} --from 0 --until SubjectForgotten tells when it is done`,
      );
    });
}
