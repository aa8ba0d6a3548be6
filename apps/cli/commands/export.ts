import type { Command } from 'commander';
import { createWriteStream, renameSync, rmSync, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { EXIT, Failed } from '../exit-codes.js';
import type { Open } from '../options.js';
import { writeTo } from '../output/write-to.js';

interface ExportOptions {
  readonly correlation?: string;
  readonly from?: string;
  readonly to?: string;
  readonly format: string;
  readonly out?: string;
}

/** `export`: events with their chain and a signature, to stdout or into a file with the signature beside it. */
export function addExport(program: Command, open: Open): void {
  program
    .command('export [stream]')
    .description('events to keep or hand on, signed: of a stream, of a flow, of a period, or of the whole log')
    .option('--correlation <id>', 'of the flow with this correlation id')
    .option('--from <instant>', 'recorded from then on, such as 2026-01-31T12:00:00Z')
    .option('--to <instant>', 'recorded up to then')
    .option('--format <format>', 'ndjson or csv', 'ndjson')
    .option('--out <file>', 'into this file, and its signature into FILE.sig; scripts/check-export.mjs checks both')
    .action(async (stream: string | undefined, { out, ...query }: ExportOptions) => {
      const { client, output } = open();
      const body = await client.open('/api/audit/export', { query: { stream, ...query } }, '*/*');
      if (out === undefined) return writeTo(process.stdout, body);
      const signature = await save(body, out, query.format);
      output.answer(
        { file: out, signature: `${out}.sig` },
        () => `${out}, signed in ${out}.sig\n${signature.trimEnd()}`,
      );
    });
}

/** Everything but the last line, the signature, which goes beside it and is answered. A file that is not whole and signed never gets its name. */
async function save(body: AsyncIterable<Uint8Array>, out: string, format: string): Promise<string> {
  const [part, signed] = [`${out}.part`, `${out}.sig.part`];
  try {
    const lines = new LastLine(body);
    await pipeline(lines.before(), createWriteStream(part, { flush: true }));
    const signature = signatureIn(format, lines.last.toString('utf8'));
    writeFileSync(signed, signature, { flush: true });
    takePlaces(part, signed, out);
    return signature;
  } catch (error) {
    for (const left of [part, signed]) rmSync(left, { force: true });
    if (error instanceof Failed) throw error;
    throw new Failed(EXIT.local, `the export cannot be written: ${(error as Error).message}`);
  }
}

/**
 * Two files cannot take their places at once. So the signature of before goes first and the new one comes last: after a kill in between, an export
 * stands without one, which no check takes for whole. Beside a signature that was made of other lines it would look forged.
 */
function takePlaces(part: string, signed: string, out: string): void {
  rmSync(`${out}.sig`, { force: true });
  renameSync(part, out);
  renameSync(signed, `${out}.sig`);
}

const LINE_END = 10;

/** Keeps back what comes behind the last line end but one. */
class LastLine {
  last = Buffer.alloc(0);

  constructor(private readonly body: AsyncIterable<Uint8Array>) {}

  async *before(): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of this.body) {
      const all = Buffer.concat([this.last, chunk]);
      const at = all.lastIndexOf(LINE_END, all.length - 2) + 1;
      this.last = all.subarray(at);
      if (at > 0) yield all.subarray(0, at);
    }
  }
}

/** `Failed` (fault) where the answer ended before it was signed. */
function signatureIn(format: string, line: string): string {
  const text = format === 'csv' ? fromCsv(line) : fromJson(line);
  if (text?.startsWith('purveyor-export ')) return text;
  throw new Failed(EXIT.fault, 'the export ended before it was signed');
}

const fromCsv = (line: string): string | undefined =>
  line.startsWith('signature,')
    ? Buffer.from(line.slice('signature,'.length).trim(), 'base64url').toString()
    : undefined;

function fromJson(line: string): string | undefined {
  try {
    return (JSON.parse(line) as { signature?: string }).signature;
  } catch {
    return undefined;
  }
}
