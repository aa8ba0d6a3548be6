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
  const back =
    undo === null ? 'nothing to take back' : typeof undo === 'string' ? `stays: ${wrap(undo)}` : listed(undo);
  return `| ${index + 1} | ${wrapped(name)} | ${fields.join('<br>')} | ${listed(calls)} | ${completion} | ${listed(result)} | ${back} |`;
}

/** An arrow from a stage to every stage that reads its result, with the fields. */
function flowDiagram({ stages, flow }) {
  const node = (name) => `S${stages.findIndex((stage) => stage.name === name) + 1}`;
  const nodes = stages.map(({ name }, index) => `  S${index + 1}[${index + 1} ${name}]`);
  const arrows = flow.map(({ from, to, fields }) => `  ${node(from)} -->|${fields.join(', ')}| ${node(to)}`);
  return ['```mermaid', 'flowchart LR', ...nodes, ...arrows, '```'];
}

/** docs/reference/plans.md from the descriptions of all plans. */
export function planReference(plans) {
  const head = [
    '# Stage plans',
    '',
    'What each plan does, stage by stage, with its states and transitions. Written by `npm run generate` from libs/csp; do not edit by hand.',
  ];
  return `${[...head, ...plans.flatMap(planPages)].join('\n')}\n`;
}

function planPages(plan) {
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
    '',
    '### Who reads whose results',
    '',
    ...flowDiagram(plan),
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
