import { expect, it } from '@jest/globals';
import { tree } from './flow.js';

it('shows a flow as streams, commands, events, and requests with their tries', () => {
  const at = { time: 1_700_000_000_000, actor: 'ann' };
  const attempts = [
    { outcome: 'retrying', failure: { code: 'busy' } },
    { outcome: 'done', failure: null },
  ];
  const child = { ...at, cause: { kind: 'effect' }, events: [{ type: 'Created\u001b', revision: 0 }], effects: [] };
  const effect = {
    key: 'job-1/a/1',
    status: 'done',
    durationMs: 30,
    attempts,
    parts: [{ stream: 'job-2', commands: [child] }],
  };
  const events = [
    { type: 'Created', revision: 0 },
    { type: 'Started', revision: 1 },
  ];
  const command = { ...at, cause: { kind: 'request' }, events, effects: [effect] };
  expect(tree({ complete: false, parts: [{ stream: 'job-1', commands: [command] }] }).split('\n')).toEqual([
    'job-1',
    '  2023-11-14 22:13:20Z  request  ann  0 Created, 1 Started',
    '    -> job-1/a/1  done in 30 ms  (retrying: busy; done)',
    '         job-2',
    '           2023-11-14 22:13:20Z  effect   ann  0 Created?',
    '... and more than one answer shows',
  ]);
});
