import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#kernel';
import type { StartFacts } from '#subscription';
import { workflow, WorkflowRegistry } from '#workflow';
import type { Parts } from '../composition/parts.js';
import { StartRules, type Gathered } from './start-rules.js';

const about = { version: 1, target: 'MODIFY', description: 'x' } as const;
const workflows = new WorkflowRegistry([
  workflow({ ...about, key: 'open' }, []),
  workflow({ ...about, key: 'remove', target: 'TERMINATE' }, []),
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

const HOLDER = { processId: 'creator', workflow: 'create', target: 'CREATE' };

/** A subscription that is held for so long, ms of a time that passes with each pause; the views show it as it is. */
class Held extends StartRules {
  asked = 0;
  waited = 0;
  readonly held: Gathered;

  constructor(
    private readonly heldMs: number,
    facts: Partial<StartFacts> = {},
    private readonly outOfSyncAfterMs = Infinity,
    waitFor: () => Promise<void> = async () => {},
  ) {
    const clock = {
      now: () => this.waited,
      after: (ms: number, call: () => void) => ((this.waited += ms), queueMicrotask(call)),
    };
    const store = { readStream: async () => ({ events: [{ position: 7 }] }) };
    const runtime = { load: async () => ({ state: this.shown().facts }) };
    super({ workflows, catalogue, clock, store, runtime, projector: { waitFor } } as unknown as Parts);
    this.held = { ...gathered, facts: { ...gathered.facts, holder: HOLDER, ...facts } };
  }

  override gather = async (): Promise<Gathered> => (++this.asked, this.shown());

  private shown(): Gathered {
    if (this.waited >= this.heldMs) return gathered;
    const insync = this.held.facts.insync && this.waited < this.outOfSyncAfterMs;
    return insync === this.held.facts.insync ? this.held : { ...this.held, facts: { ...this.held.facts, insync } };
  }
}

describe('a start on what another process holds', () => {
  it('waits until that has let go', async () => {
    const rules = new Held(300);
    expect(await rules.gatherToStart('s', 'open')).toBe(gathered);
    expect(rules.waited).toBeLessThan(420);
    expect(rules.asked).toBe(2);
  });

  it('waits two seconds at most', async () => {
    const rules = new Held(Infinity);
    expect(await rules.gatherToStart('s', 'open')).toBe(rules.held);
    expect(rules.waited).toBeGreaterThanOrEqual(2_000);
    expect(rules.waited).toBeLessThan(2_200);
  });

  it('waits for a create that was aborted where what it leaves may be terminated', async () => {
    const rules = new Held(300, { insync: false, creation: 'running', status: 'provisioning' });
    expect(await rules.gatherToStart('s', 'remove')).toBe(gathered);
  });

  it('does not wait while something else is in the way', async () => {
    const rules = new Held(Infinity, { insync: false });
    expect(await rules.gatherToStart('s', 'open')).toBe(rules.held);
    expect([rules.asked, rules.waited]).toEqual([1, 0]);
  });

  it('waits no longer once something else is', async () => {
    const rules = new Held(Infinity, {}, 300);
    expect((await rules.gatherToStart('s', 'open')).facts).toMatchObject({ holder: HOLDER, insync: false });
    expect(rules.waited).toBeLessThan(420);
  });

  it('goes by the views as they are where they do not follow in time', async () => {
    const late = new Refusal('position_timeout', 503, 'late');
    expect(await new Held(0, {}, 0, () => Promise.reject(late)).gatherToStart('s', 'open')).toBe(gathered);
    const broken = new Refusal('store_unavailable', 503, 'away');
    await expect(new Held(0, {}, 0, () => Promise.reject(broken)).gatherToStart('s', 'open')).rejects.toBe(broken);
  });
});
