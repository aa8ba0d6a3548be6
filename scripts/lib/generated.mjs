/** Files that are written from the code, as text; `npm run generate` writes them and a test compares them. */
const wrap = (value) =>
  String(value ?? '')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll('\n', ' ');

function setting({ name, default: value, meaning, allowed, secret }) {
  const shown = secret ? '' : String(value ?? '');
  const comments = [
    meaning,
    `Allowed: ${allowed}`,
    ...(secret ? [`Secret: also as ${name}_FILE, a file that holds it.`] : []),
  ];
  return [...comments.flatMap((text) => text.split('\n')).map((line) => `# ${line}`), `# ${name}=${shown}`].join('\n');
}

/** `.env.example` from the settings the configuration class describes. */
export function envExample(settings) {
  const head =
    '# Every setting with its default. Written by `npm run generate` from libs/platform/config; do not edit by hand.';
  return `${[head, ...settings.map(setting)].join('\n\n')}\n`;
}

/** A Markdown table with padded columns, as Prettier leaves it. */
function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map(wrap));
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [first, ...rest] = all.map(line);
  return [first, line(widths.map((width) => '-'.repeat(width))), ...rest].join('\n');
}

const code = (text) => (text === '' ? '' : `\`${text}\``);
const BEGIN = '<!-- settings: written by npm run generate -->';
const END = '<!-- settings end -->';

/** The README with the table of settings between its two marks. */
export function readmeWithSettings(readme, settings) {
  const [before, after] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`README.md lacks ${BEGIN} or ${END}`);
  const rows = settings.map(({ name, default: value, meaning, secret }) => [
    code(name),
    secret ? '' : code(value ?? ''),
    secret ? `${meaning} Also as a file.` : meaning,
  ]);
  const settingsTable = table(['Variable', 'Default', 'Meaning'], rows);
  return `${readme.slice(0, before + BEGIN.length)}\n\n${settingsTable}\n\n${readme.slice(after)}`;
}

/** docs/reference/errors.md from the error catalogue. */
export function errorReference(catalogue) {
  const rows = [...catalogue]
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ code, status, meaning, whatToDo }) => `| \`${code}\` | ${status} | ${wrap(meaning)} | ${wrap(whatToDo)} |`);
  const head = [
    '# Error codes',
    '',
    'Every refusal is a problem document (RFC 9457) with one of these codes. Codes are stable: they are only ever added.',
    'Written by `npm run generate` from libs/platform/problems; do not edit by hand.',
    '',
    '| Code | Status | Meaning | What to do |',
    '| ---- | ------ | ------- | ---------- |',
  ];
  return `${[...head, ...rows].join('\n')}\n`;
}

const wrapped = (text) => code(wrap(text));
const listed = (texts) => texts.map(wrapped).join('<br>');

function stageRow({ name, completion, payload, calls, result, undo }, index) {
  const fields = Object.entries(payload).map(([field, from]) => `${wrapped(field)}: ${wrap(from)}`);
  return `| ${index + 1} | ${wrapped(name)} | ${fields.join('<br>')} | ${listed(calls)} | ${completion} | ${listed(result)} | ${wayBack(undo)} |`;
}

/** Plans whose portfolios take results of this one, with the fields by stage. */
const childrenOf = ({ csp, stages }, plans) =>
  plans.flatMap((child) =>
    child.parents
      .filter((parent) => parent.csp === csp)
      .map(({ takes }) => ({ csp: child.csp, takes: takes.map((path) => path.split('.')) }))
      .filter(({ takes }) => takes.every(([from]) => stages.some(({ name }) => name === from))),
  );

/** An arrow from a stage to every stage, duty and child resource that reads its result, with the fields. */
function flowDiagram(plan, plans) {
  const { stages, flow, after } = plan;
  const children = childrenOf(plan, plans);
  const names = [...stages, ...after].map(({ name }) => name);
  const node = (name) => {
    const place = names.indexOf(name);
    return place < stages.length ? `S${place + 1}` : `D${place - stages.length + 1}`;
  };
  const arrow = (from, fields, to) => `  ${node(from)} -->|${fields.join(', ')}| ${to}`;
  const taken = children.flatMap(({ takes }, index) =>
    [...new Set(takes.map(([from]) => from))].map((from) =>
      arrow(
        from,
        takes.filter(([stage]) => stage === from).map(([, field]) => field),
        `C${index + 1}`,
      ),
    ),
  );
  return [
    '```mermaid',
    'flowchart LR',
    ...stages.map(({ name }, index) => `  S${index + 1}[${index + 1} ${name}]`),
    ...after.map(({ name }, index) => `  D${index + 1}(["${name}"])`),
    ...children.map(({ csp }, index) => `  C${index + 1}[["${csp}"]]`),
    ...flow.map(({ from, to, fields }) => arrow(from, fields, node(to))),
    ...taken,
    '```',
  ];
}

const wayBack = (undo) =>
  undo === null ? 'nothing to take back' : typeof undo === 'string' ? `stays: ${wrap(undo)}` : listed(undo);

/** What is owed after completion; nothing for plans that owe nothing. */
function dutyTable({ after }) {
  if (after.length === 0) return [];
  const rows = after.map(({ name, label, when, payload, calls, undo }) => {
    const fields = Object.entries(payload).map(([field, from]) => `${wrapped(field)}: ${wrap(from)}`);
    return `| ${wrapped(name)} | ${label} | ${when} | ${fields.join('<br>')} | ${listed(calls)} | ${wayBack(undo)} |`;
  });
  const head = ['| Duty | What | Owed | Input | Calls | Way back |', '| - | - | - | - | - | - |'];
  return ['', '### What is owed once it is complete', '', ...head, ...rows];
}

/** For whom a portfolio on this plan waits, and from which versions one may come. */
const relations = ({ parents, migrations, version }) =>
  [
    ...parents.map(
      ({ stage, csp }) => `Its stage ${wrapped(stage)} waits until a portfolio at ${wrapped(csp)} is complete.`,
    ),
    ...migrations.map(({ from, stages }) => {
      const moves = Object.entries(stages).map(([old, now]) =>
        old === now ? wrapped(old) : `${wrapped(old)} as ${wrapped(now)}`,
      );
      const what = moves.length === 0 ? 'that have begun nothing' : `with what they did (${moves.join(', ')})`;
      return `Portfolios on version ${from} ${what} may be moved to version ${version}.`;
    }),
  ].flatMap((sentence) => ['', sentence]);

/** docs/reference/plans.md from the descriptions of all plans. */
export function planReference(plans) {
  const head = [
    '# Stage plans',
    '',
    'What each plan does, stage by stage, with its states and transitions. Written by `npm run generate` from libs/csp; do not edit by hand.',
  ];
  return `${[...head, ...plans.flatMap((plan) => planPages(plan, plans))].join('\n')}\n`;
}

function planPages(plan, plans) {
  const transitions = plan.transitions.map(
    ({ trigger, from, to, event }) =>
      `| ${trigger} | ${from.length > 6 ? `${from.length} states` : listed(from)} | ${wrapped(to)} | ${wrapped(event)} |`,
  );
  return [
    '',
    `## ${plan.csp}, version ${plan.version}`,
    '',
    '| # | Stage | Payload | Calls | End | Result | Way back |',
    '| - | ----- | ------- | ----- | --- | ------ | -------- |',
    ...plan.stages.map(stageRow),
    ...relations(plan),
    ...dutyTable(plan),
    '',
    '### Who reads whose results',
    '',
    'Square: a stage; round: a duty; double: a child resource, which is a portfolio of its own.',
    '',
    ...flowDiagram(plan, plans),
    '',
    `### ${plan.states.length} states`,
    '',
    plan.states.map(code).join(' '),
    '',
    `### ${plan.transitions.length} transitions`,
    '',
    '| Trigger | From | To | Event |',
    '| ------- | ---- | -- | ----- |',
    ...transitions,
  ];
}
