import { describe, expect, it } from '@jest/globals';
import type { StartFacts } from '#subscription';
import { workflow, WorkflowRegistry } from '#workflow';
import type { Parts } from '../composition/parts.js';
import { StartRules, type Gathered } from './start-rules.js';

const about = { version: 1, target: 'MODIFY', description: 'x' } as const;
const workflows = new WorkflowRegistry([
  workflow({ ...about, key: 'open' }, []),
  workflow({ ...about, key: 'anns', authorize: { start: async ({ actor }) => actor === 'ann' } }, []),
]);
const offered = ['open', 'anns', 'lost'].map((name) => ({ name, target: 'MODIFY', description: name }));
const product = { productId: 'p', workflows: offered };
const catalogue = { find: (id: string) => (id === 'p' ? product : undefined) };
const rules = new StartRules({ workflows, catalogue } as Partial<Parts> as unknown as Parts);
const gathered = {
  found: { product_id: 'p' },
  facts: { status: 'active', insync: true, creation: 'done', users: [] },
  reconcileOutOfSync: false,
} as unknown as Gathered;

describe('rule 5', () => {
  it('asks each workflow whether the caller may start it, and waits for the answer', async () => {
    expect(await rules.forbidden(offered, { actor: 'bob', tenant: 't' })).toEqual(new Set(['anns']));
    expect(await rules.forbidden(offered, { actor: 'ann', tenant: 't' })).toEqual(new Set());
  });

  it('is the reason of what would start otherwise', () => {
    const reason = 'subscription.insufficient_workflow_permissions';
    expect(rules.hindranceOf(gathered, 'anns', false)).toEqual({ reason });
    expect(rules.hindranceOf(gathered, 'anns')).toBeUndefined();
  });
});

/** What the views show is what the next look gives; time passes with each look of the clock. */
class Shown extends StartRules {
  looks = 0;
  readonly held: Gathered;

  constructor(
    private readonly heldFor: number,
    holder: object,
    facts: Partial<StartFacts> = {},
  ) {
    let time = 0;
    const clock = { now: () => time, after: (ms: number, call: () => void) => ((time += ms), queueMicrotask(call)) };
    const runtime = { load: async () => ({ state: holder }) };
    super({ workflows, catalogue, clock, runtime } as unknown as Parts);
    const claimed = { processId: 'creator', workflow: 'create', target: 'CREATE' };
    this.held = { ...gathered, facts: { ...gathered.facts, holder: claimed, ...facts } };
  }

  override gather = async (): Promise<Gathered> => (++this.looks > this.heldFor ? gathered : this.held);
}

describe('a start on what another process holds', () => {
  const ended = { status: 'completed', endedAt: 1 };

  it('waits for one that has ended until it has let go', async () => {
    const rules = new Shown(3, ended);
    expect(await rules.gatherToStart('s', 'open')).toBe(gathered);
    expect(rules.looks).toBe(4);
  });

  it('waits two seconds at most', async () => {
    const rules = new Shown(Infinity, ended);
    expect(await rules.gatherToStart('s', 'open')).toBe(rules.held);
    expect(rules.looks).toBe(101);
  });

  it.each([
    ['goes on', { status: 'running' }, {}],
    ['is not there', { status: 'none' }, {}],
    ['has ended, while something else is in the way', ended, { insync: false }],
  ])('does not wait for one that %s', async (_, holder, facts) => {
    const rules = new Shown(Infinity, holder, facts);
    expect(await rules.gatherToStart('s', 'open')).toBe(rules.held);
    expect(rules.looks).toBe(1);
  });
});
