import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { EXIT, Failed } from '../exit-codes.js';
import type { Client } from '../http/client.js';
import type { Row } from '../http/pages.js';
import type { Open } from '../options.js';

interface Given {
  readonly key?: string;
  readonly stage?: string;
  readonly need?: string;
  readonly input?: string;
  readonly reason?: string;
}
interface Request {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body?: unknown;
}

/** What people do to an instance: a verb for a kind, its options, and the request it becomes. */
interface Operation {
  readonly verb: string;
  readonly kind: string;
  readonly meaning: string;
  readonly options?: Readonly<Record<string, string>>;
  /** Without it the command is not sent. */
  readonly requires?: 'reason';
  request(id: string, given: Given, client: Client): Request | Promise<Request>;
}

const REASON = { '--reason <text>': 'why; it is recorded' };
const INPUT = '--input <json>';

const OPERATIONS: readonly Operation[] = [
  {
    verb: 'retry',
    kind: 'portfolio',
    meaning: 'try the failed stage again',
    options: {
      '--stage <name>': 'which; the one it stands at if absent',
      [INPUT]: 'corrects fields of the payload: JSON, or @FILE',
    },
    request: async (id, { stage, input }, client) => ({
      method: 'POST',
      path: `/api/portfolios/${id}/stages/${encodeURIComponent(stage ?? (await stageOf(client, id)))}/resume`,
      body: input === undefined ? {} : { input: jsonOf(input) },
    }),
  },
  {
    verb: 'retry',
    kind: 'process',
    meaning: 'try the failed step again',
    request: (id) => ({ method: 'PUT', path: `/api/processes/${id}/resume`, body: {} }),
  },
  {
    verb: 'retry',
    kind: 'operation',
    meaning: 'try again what failed, waits or is overdue',
    options: { '--need <id>': 'only this need' },
    request: (id, { need }) => ({
      method: 'POST',
      path: `/api/operations/${id}/retry`,
      body: need === undefined ? {} : { need },
    }),
  },
  {
    verb: 'resume',
    kind: 'portfolio',
    meaning: 'go on after a pause',
    request: (id) => ({ method: 'POST', path: `/api/portfolios/${id}/continue` }),
  },
  {
    verb: 'resume',
    kind: 'process',
    meaning: 'answer the form that waits',
    options: { [INPUT]: 'the answers, one object for each page: JSON, or @FILE; [{}] if absent' },
    request: (id, { input }) => ({
      method: 'PUT',
      path: `/api/processes/${id}/resume`,
      body: input === undefined ? [{}] : jsonOf(input),
    }),
  },
  {
    verb: 'abort',
    kind: 'portfolio',
    meaning: 'abandon it',
    options: REASON,
    requires: 'reason',
    request: (id, { reason }) => ({ method: 'POST', path: `/api/portfolios/${id}/abandon`, body: { reason } }),
  },
  {
    verb: 'abort',
    kind: 'process',
    meaning: 'nothing of it begins any more',
    request: (id) => ({ method: 'PUT', path: `/api/processes/${id}/abort` }),
  },
  {
    verb: 'abort',
    kind: 'operation',
    meaning: 'fail what is under way or waits',
    options: REASON,
    requires: 'reason',
    request: (id, { reason }) => ({ method: 'POST', path: `/api/operations/${id}/fail`, body: { reason } }),
  },
];
const VERBS = {
  retry: 'do again what failed',
  resume: 'let go on what waits or is paused',
  abort: 'end what is under way',
};

/** `retry`, `resume` and `abort`, each for the kinds it fits. */
export function addOperate(program: Command, open: Open): void {
  for (const [verb, meaning] of Object.entries(VERBS)) {
    const parent = program.command(verb).description(meaning);
    for (const each of OPERATIONS.filter((operation) => operation.verb === verb)) addOne(parent, each, open);
  }
}

function addOne(parent: Command, operation: Operation, open: Open): void {
  const { kind, meaning, requires } = operation;
  const command = parent.command(`${kind} <id>`).description(meaning);
  for (const [flags, about] of Object.entries(operation.options ?? {}))
    if (requires !== undefined && flags.startsWith(`--${requires}`)) command.requiredOption(flags, about);
    else command.option(flags, about);
  command
    .option('--key <text>', 'Idempotency-Key: the same key does it once')
    .action(async (id: string, given: Given) => {
      const { client, output } = open();
      const { method, path, body } = await operation.request(encodeURIComponent(id), given, client);
      const headers = { 'idempotency-key': given.key ?? randomUUID() };
      const answer = await client.send(method, path, { headers, ...(body !== undefined && { body }) });
      const position = Number(answer.headers.get('purveyor-position'));
      output.answer({ id, position }, () => `accepted: ${kind} ${id} (position ${position})`);
    });
}

async function stageOf(client: Client, id: string): Promise<string> {
  const { stage } = (await client.get(`/api/portfolios/${id}`)).body as Row;
  if (typeof stage === 'string') return stage;
  throw new Failed(EXIT.refused, 'the portfolio stands at no stage; --stage names one');
}

/** JSON as it was written, or of the file behind an @. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('@') ? readFileSync(text.slice(1), 'utf8') : text);
  } catch (error) {
    throw new Failed(EXIT.usage, `--input is no JSON: ${(error as Error).message}`);
  }
}
