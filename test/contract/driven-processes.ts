import { expect } from '@jest/globals';
import { forEach, inputStep, step, workflow, type Migration, type WorkflowDefinition } from '#workflow';
import { Driven, meta } from '../../libs/workflow/test/driving.js';
import { definitions } from '../simulation/kinds.js';

export const DEFINITIONS = definitions(() => Promise.reject(new Error('nothing is called here'))).all();

export const VALUE = { value: 1 };
const ADDS = {
  k: VALUE,
  kk: VALUE,
  a: VALUE,
  b: VALUE,
  c: VALUE,
  no: VALUE,
  d: VALUE,
  e: VALUE,
  r: VALUE,
  u: VALUE,
  v: VALUE,
  w: VALUE,
  told: VALUE,
};

/** Does one thing that may happen to the process; what does not fit is refused. */
export function happen(driven: Driven, pick: number, what: number): void {
  driven.time++;
  const runs = driven.owed.filter(({ kind }) => kind === 'run');
  const run = runs[pick % Math.max(1, runs.length)];
  const waits = driven.owed.filter(({ kind }) => kind === 'wait');
  const operator = [
    { type: 'ResumeProcess', input: { answer: { size: 2 } }, by: 'eve', time: driven.time },
    { type: 'ResumeProcess', by: 'eve', time: driven.time },
    { type: 'SetValue', path: '/items/0', value: pick, reason: 'r', time: driven.time },
    { type: 'CompensateProcess', reason: 'r', time: driven.time },
    { type: 'AbortProcess', reason: 'r', time: driven.time },
  ] as const;
  try {
    if (what < 5 && run) driven.done(run.key, ADDS);
    else if (what < 7 && run) driven.failed(run.key, { kind: what === 5 ? 'retryable' : 'refused' });
    else if (what === 7 && run) driven.answer(driven.intend(run.key), { kind: 'accepted' });
    else if (what < 10 && waits.length > 0) {
      driven.time += 100_000;
      driven.due(waits[pick % waits.length]!.key);
    } else driven.send(operator[what % operator.length]!);
  } catch (error) {
    expect(error).toMatchObject({ refusal: true });
  }
}

/** Steps below `fan/` are those of a for-each; `ask` and what begins so is a form. */
function version(number: number, keys: readonly string[], moves: Migration['keys'] = {}): WorkflowDefinition {
  const node = (key: string) => (key.startsWith('ask') ? inputStep({ key, pages: [], adds: {} }) : step({ key }));
  const [fan, rest] = [keys.filter((key) => key.startsWith('fan/')), keys.filter((key) => !key.startsWith('fan/'))];
  const each = forEach('fan', 'items', fan.map((key) => step({ key: key.slice(4) })) as never);
  const migrates = number === 1 ? [] : [{ from: number - 1, keys: moves }];
  return workflow({ ...meta, key: 'w', version: number, migrates }, [each, ...rest.map(node)] as never);
}

/** A workflow each version of which calls its steps by other names; the last has one with a name that another had. */
export const VERSIONS: readonly WorkflowDefinition[] = [
  version(1, ['fan/x', 'late', 'ask']),
  version(2, ['fan/y', 'later', 'asked'], { 'fan/*/x': 'fan/*/y', late: 'later', ask: 'asked' }),
  version(3, ['fan/z', 'latest', 'late', 'ask'], { 'fan/*/y': 'fan/*/z', later: 'latest', asked: 'ask' }),
];

/** Deploys the next version, which an open process follows at once. */
export function migrate(driven: Driven, to: WorkflowDefinition): void {
  const follow = driven.deploy(to).run('$follow/1');
  if (follow !== undefined) driven.answer(follow, { kind: 'pending' });
}
