import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { Row } from '../http/pages.js';
import { contentOf, wholeNumber, type Open } from '../options.js';
import { detail } from '../output/detail.js';
import { table } from '../output/table.js';
import { addCheckpoints } from './checkpoints.js';
import { pathOf } from './events.js';
import { tree, type Flow } from '../output/flow.js';

interface Verified {
  readonly ok: boolean;
  /** Checked so far, in the parts before too. */
  readonly events: number;
  readonly position: number;
  readonly head: number;
  /** To go on with; null at the end. */
  readonly next: string | null;
  readonly firstBad?: { readonly stream: string; readonly revision: number; readonly reason: string };
}
interface VerifyOptions {
  readonly stream?: string;
  readonly category?: string;
  readonly checkpoint?: string;
  readonly cursor?: string;
}
interface Difference {
  readonly changes: readonly Row[];
}
/** A long log takes its time; --timeout says otherwise. */
const VERIFY_SECONDS = 3_600;
/** Events of one request, so that there is progress to be seen. */
const PART = 100_000;
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
  addCheckpoints(audit, open);
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
    .description('check the hash chains of all streams, or of some; all of them against the signed checkpoints')
    .option('--stream <name>', 'only this stream')
    .option('--category <name>', 'only the streams of this category, such as portfolio')
    .option('--checkpoint <file>', 'a checkpoint that was kept elsewhere')
    .option('--cursor <cursor>', 'go on with a verification that was broken off')
    .action(async (given: VerifyOptions) => {
      const { client, output } = open();
      const checkpoint = given.checkpoint === undefined ? undefined : contentOf(given.checkpoint);
      const ask = async (cursor: string | undefined) => {
        const query = { ...given, checkpoint, cursor, limit: PART };
        return (await client.get('/api/audit/verify', { query, seconds: VERIFY_SECONDS })).body as Verified;
      };
      let verified = await ask(given.cursor);
      while (verified.ok && verified.next !== null) {
        output.note(progressOf(verified));
        verified = await ask(verified.next);
      }
      if (!verified.ok) process.exitCode = EXIT.bad;
      output.answer(verified, () => said(verified));
    });
}

const progressOf = ({ events, position, head, next }: Verified): string =>
  `${events} events checked, ${Math.floor((100 * position) / Math.max(head, 1))} % of the log; to go on later: --cursor ${next}`;

function said({ ok, events, firstBad }: Verified): string {
  if (ok) return `whole: ${events} events`;
  return firstBad === undefined
    ? 'BROKEN'
    : `BROKEN: ${firstBad.stream} at revision ${firstBad.revision}: ${firstBad.reason}`;
}
