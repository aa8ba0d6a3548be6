/** Files that are written from the code, as text; `npm run generate` writes them and a test compares them. */
const wrap = (value) =>
  String(value ?? '')
    .replaceAll('|', '\\|')
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
