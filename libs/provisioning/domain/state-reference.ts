import { OPERATION_STATES, OPERATION_TRANSITIONS } from '../published/index.js';

/** docs/reference/operation-states.md, from the table that moves operations. */
export function operationStateReference(): string {
  const states = Object.entries(OPERATION_STATES).map(([name, code]) => `| \`${name}\` | ${code} |`);
  const moves = Object.entries(OPERATION_TRANSITIONS).map(
    ([event, { from, to, when }]) =>
      `| \`${event}\` | ${from.map((each) => `\`${each}\``).join(', ')} | \`${to}\` | ${when} |`,
  );
  return `${[
    '# States of a provisioning operation',
    '',
    'Written by `npm run generate` from libs/provisioning/published/operation.states.ts; do not edit by hand. `-ING`: our side is sending',
    'requests. `-REQUESTED`: the other side has taken them and is left alone until it answers. An event from a state that is not listed',
    'changes no state.',
    '',
    '| State | Code |',
    '| ----- | ---- |',
    ...states,
    '',
    '| Event | From | To | When |',
    '| ----- | ---- | -- | ---- |',
    ...moves,
  ].join('\n')}\n`;
}
