import { LIFECYCLE } from '../published/index.js';
import { claimTerms, USABLE_OUT_OF_SYNC, USABLE_WHEN } from './claim-terms.js';
import { refusalOf } from './claims.js';
import { REASONS, type Reason } from './may-start.js';
import { LEGAL_MOVES, SAFE_USERS } from './subscription.state.js';

/** The rules in their order, with the keys that come with a reason. */
const RULES: readonly (readonly [rule: string, reason: Reason, when: string, keys: string])[] = [
  ['1', REASONS.notInSync, 'the subscription is out of sync, and the workflow is not exempt', ''],
  [
    '2',
    REASONS.relationsNotInSync,
    'a subscription that uses it or that it uses is out of sync and not terminated; same exemption; advice, read from the views',
    'locked_relations, locked_relations_detail',
  ],
  ['3', REASONS.invalidStatus, 'its status is none of those the workflow starts in', 'usable_when, status, action'],
  [
    '4',
    REASONS.inUse,
    'subscriptions that are not terminated use it, and the workflow is blocked by that; takes the place of 1 to 3 and keeps their keys',
    'unterminated_in_use_by_subscriptions, unterminated_in_use_by_subscriptions_detail, action',
  ],
  ['5', REASONS.notPermitted, 'the workflow’s own rule refuses the caller, and nothing else was in the way', ''],
  ['', REASONS.claimed, 'another process holds it, and nothing else was in the way', 'claimed_by'],
];

const code = (text: string): string => (text === '' ? '' : `\`${text}\``);
const codes = (texts: readonly string[]): string => texts.map(code).join(', ');
const yes = (flag: boolean): string => (flag ? 'yes' : 'no');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);

function rule([number, reason, when, keys]: (typeof RULES)[number]): readonly string[] {
  const { code: refusal, status, message } = refusalOf({ reason });
  return [
    number,
    code(reason),
    when,
    codes(keys === '' ? [] : keys.split(', ')),
    `${code(refusal)} ${status}`,
    message,
  ];
}

function target(name: string): readonly string[] {
  const { usableWhen, outOfSyncAllowed, blockedByUsers } = claimTerms({ name: '', target: name });
  const usable = usableWhen.length === 0 ? 'never' : codes(usableWhen);
  return [code(name), usable, yes(outOfSyncAllowed), yes(blockedByUsers)];
}

/** docs/reference/subscription-rules.md, from the tables that decide. */
export function subscriptionRulesReference(): string {
  const lines = [
    '# Rules of subscriptions',
    '',
    'Written by `npm run generate` from libs/subscription/domain; do not edit by hand. Sources: reference 1.3 and 1.13, ADR 0040.',
    '',
    '## Which workflow may start',
    '',
    'A workflow of a product may say otherwise (`usableWhen`, `outOfSyncAllowed`, `blockedByUsers`). Exempt from rules 1 and 2 are also tasks',
    `and ${codes(USABLE_OUT_OF_SYNC)}; a RECONCILE is exempt only where its product sets \`reconcileOutOfSync\`,`,
    'or an operator by PATCH of the product (`reconcile_out_of_sync`). A TERMINATE may start out of sync on what its create process left when it was aborted.',
    '',
    ...table(['Target', 'Starts in status', 'Out of sync', 'Blocked by users'], Object.keys(USABLE_WHEN).map(target)),
    '',
    '## Why it may not start',
    '',
    'In this order. A claim is refused with the code; the list of actions and the form page show the reason and its keys.',
    '',
    ...table(['Rule', 'Reason', 'When', 'Keys', 'Refusal', 'Text'], RULES.map(rule)),
    '',
    '## Status',
    '',
    'A new status must be one of the legal ones, every user on record in a status that is safe, and every field that the new status asks for',
    'there.',
    '',
    ...table(
      ['Status', 'May become', 'As a new status it is safe for users that are'],
      LIFECYCLE.map((status) => [code(status), codes(LEGAL_MOVES[status]) || 'nothing', codes(SAFE_USERS[status])]),
    ),
    '',
  ];
  return lines.join('\n');
}
