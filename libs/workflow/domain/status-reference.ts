import { PROCESS_STATUSES, PROCESS_TRANSITIONS, STEP_STATES, TASK_FAILURES } from '../published/index.js';

const cells = (...texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
const code = (text: string): string => `\`${text}\``;
const codes = (texts: readonly string[]): string => texts.map(code).join(', ');

/** docs/reference/process-statuses.md, from the tables that move processes. */
export function processStatusReference(): string {
  return `${[
    '# Statuses of a process',
    '',
    'Written by `npm run generate` from libs/workflow/published/process.statuses.ts; do not edit by hand. Of several branches the most',
    'urgent shows. An event from a status that is not listed changes no status.',
    '',
    cells('Status', 'Meaning', 'Urgency', 'Commands'),
    cells('---', '---', '---', '---'),
    ...Object.entries(PROCESS_STATUSES).map(([status, { means, urgency, commands }]) =>
      cells(code(status), means, String(urgency), codes(commands)),
    ),
    '',
    '## What moves a process',
    '',
    cells('Event', 'From', 'To', 'When'),
    cells('---', '---', '---', '---'),
    ...Object.entries(PROCESS_TRANSITIONS).map(([event, { from, to, when }]) =>
      cells(code(event), codes(from), code(to), when),
    ),
    '',
    '## What a step makes it show',
    '',
    cells('Events', 'Step is', 'Process shows', 'Row shows', 'When'),
    cells('---', '---', '---', '---', '---'),
    ...Object.entries(STEP_STATES).map(([state, { by, shows, row, when }]) =>
      cells(codes(by), state, code(shows), code(row), when),
    ),
    '',
    '## What a failed step of a task makes it show',
    '',
    cells('Process shows', 'Assignee', 'Failure', 'When'),
    cells('---', '---', '---', '---'),
    ...TASK_FAILURES.map(({ shows, assignee, codes: all, statuses, kinds, when }) =>
      cells(code(shows), assignee, codes([...all, ...kinds, ...statuses.map(String)]), when),
    ),
  ].join('\n')}\n`;
}
