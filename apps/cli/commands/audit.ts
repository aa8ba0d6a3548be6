import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { Open } from '../program.js';

interface Verified {
  readonly ok: boolean;
  readonly streams: number;
  readonly events: number;
  readonly firstBad?: { readonly stream: string; readonly revision: number; readonly reason: string };
}
/** A long log takes its time; --timeout says otherwise. */
const VERIFY_SECONDS = 3_600;

/** `audit verify`: ends with 1 when a chain is broken. */
export function addAudit(program: Command, open: Open): void {
  program
    .command('audit')
    .description('whether the record can be trusted')
    .command('verify')
    .description('check the hash chains of all streams, or of some')
    .option('--stream <name>', 'only this stream')
    .option('--category <name>', 'only the streams of this category, such as portfolio')
    .action(async ({ stream, category }: { stream?: string; category?: string }) => {
      const { client, output } = open();
      const asked = { query: { stream, category }, seconds: VERIFY_SECONDS };
      const verified = (await client.get('/api/audit/verify', asked)).body as Verified;
      if (!verified.ok) process.exitCode = EXIT.bad;
      output.answer(verified, () => said(verified));
    });
}

function said({ streams, events, firstBad }: Verified): string {
  if (firstBad === undefined) return `whole: ${events} events in ${streams} streams`;
  return `BROKEN: ${firstBad.stream} at revision ${firstBad.revision}: ${firstBad.reason}`;
}
