import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { Row } from '../http/pages.js';
import { wholeNumber, type Open } from '../options.js';
import { detail } from '../output/detail.js';
import { table } from '../output/table.js';
import { pathOf } from './events.js';
import { tree, type Flow } from '../output/flow.js';

interface Verified {
  readonly ok: boolean;
  /** Checked so far, in the parts before too. */
  readonly events: number;
  /** To go on with; null or absent at the end. */
  readonly next?: string | null;
  readonly firstBad?: { readonly stream: string; readonly revision: number; readonly reason: string };
}
interface Difference {
  readonly changes: readonly Row[];
}
/** A long log takes its time; --timeout says otherwise. */
const VERIFY_SECONDS = 3_600;
const CHANGED = [
  { key: 'path' },
  { key: 'old' },
  { key: 'new' },
  { key: 'event.type', title: 'event' },
  { key: 'event.revision', title: 'revision' },
  { key: 'event.time', title: 'time' },
  { key: 'actor' },
];

/** `state`, `audit diff`, and `audit verify`, which ends with 1 when a chain is broken. */
export function addAudit(program: Command, open: Open): void {
  addState(program, open);
  const audit = program.command('audit').description('what changed, and whether the record can be trusted');
  addVerify(audit, open);
  addDiff(audit, open);
  addFlow(audit, open);
}

function addState(program: Command, open: Open): void {
  program
    .command('state <stream>')
    .description('the state of a stream, now or as it was')
    .option('--at <point>', 'a revision, or an instant such as 2026-01-31T12:00:00Z')
    .action(async (stream: string, { at }: { at?: string }) => {
      const { client, output } = open();
      const query = at === undefined ? {} : point(at, 'revision', 'at');
      const { body } = await client.get(`${pathOf(stream)}/state`, { query });
      output.answer(body, () => detail(body as Row, output.width));
    });
}

function addDiff(audit: Command, open: Open): void {
  audit
    .command('diff <stream>')
    .description('what changed in the state between two points, and by which events')
    .option('--from <point>', 'a revision or an instant; after the first event if absent')
    .option('--to <point>', 'a revision or an instant; now if absent')
    .action(async (stream: string, { from, to }: { from?: string; to?: string }) => {
      const { client, output } = open();
      const query = {
        ...(from !== undefined && point(from, 'from_revision', 'from_at')),
        ...(to !== undefined && point(to, 'to_revision', 'to_at')),
      };
      const difference = (await client.get(`${pathOf(stream)}/difference`, { query })).body as Difference;
      const { changes } = difference;
      output.answer(difference, () => (changes.length === 0 ? 'no change' : table(changes, CHANGED, output.width)));
    });
}

function addFlow(audit: Command, open: Open): void {
  audit
    .command('flow <correlation>')
    .description('everything that one request brought about in all streams, as a tree; its id is in X-Correlation-Id')
    .action(async (correlation: string) => {
      const { client, output } = open();
      const flow = (await client.get(`/api/audit/correlations/${encodeURIComponent(correlation)}`)).body as Flow;
      output.answer(flow, () => tree(flow));
    });
}

/** A point in a stream's time as the parameter for it: whole numbers are revisions, all else the server reads as an instant. */
function point(text: string, revision: string, instant: string): Record<string, string> {
  if (!/^\d+$/.test(text)) return { [instant]: text };
  return { [revision]: String(wholeNumber('a revision', text, 0)) };
}

function addVerify(audit: Command, open: Open): void {
  audit
    .command('verify')
    .description('check the hash chains of all streams, or of some')
    .option('--stream <name>', 'only this stream')
    .option('--category <name>', 'only the streams of this category, such as portfolio')
    .action(async ({ stream, category }: { stream?: string; category?: string }) => {
      const { client, output } = open();
      const asked = { query: { stream, category }, seconds: VERIFY_SECONDS };
      let verified = (await client.get('/api/audit/verify', asked)).body as Verified;
      while (verified.ok && typeof verified.next === 'string') {
        output.note(`${verified.events} events checked ...`);
        const query = { ...asked.query, cursor: verified.next };
        verified = (await client.get('/api/audit/verify', { ...asked, query })).body as Verified;
      }
      if (!verified.ok) process.exitCode = EXIT.bad;
      output.answer(verified, () => said(verified));
    });
}

function said({ ok, events, firstBad }: Verified): string {
  if (ok) return `whole: ${events} events`;
  return firstBad === undefined
    ? 'BROKEN'
    : `BROKEN: ${firstBad.stream} at revision ${firstBad.revision}: ${firstBad.reason}`;
}
