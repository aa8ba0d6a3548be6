import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '#event-store';
import type { InstanceDoc, OpenStep } from './instance.doc.js';
import { moved } from './migrated.js';

const step = (state: OpenStep['state']): OpenStep => {
  return { state, begun: 1, since: 1, attempts: 0, asked: null, due: null, code: null, assignee: null };
};
const docOf = (open: InstanceDoc['open']): InstanceDoc => ({ kind: 'k', isTask: false, begun: 1, gone: [], open });
const all = (...steps: readonly string[]) => docOf(Object.fromEntries(steps.map((path) => [path, step('failed')])));
const event = (type: string, data: object) => ({ type, data }) as unknown as RecordedEvent;
const keysMoved = (doc: InstanceDoc, keys: object) => moved(doc, event('ProcessMigrated', { keys }))!;

describe('an instance after a migration', () => {
  it('has the steps of a process by their other keys, in each element of a for-each too; null is gone', () => {
    const after = keysMoved(all('old', 'fan/7/a', 'left', 'other'), { old: 'new', 'fan/*/a': 'fan/*/b', left: null });
    expect(Object.keys(after.open)).toEqual(['new', 'fan/7/b', 'other']);
  });

  it('knows under which path each request began, whatever it was called since; a form has no such path', () => {
    const forms = { ...all('a', 'b').open, form: step('suspended'), nap: step('sleeping') };
    const once = keysMoved(docOf(forms), { a: 'a2', b: 'b2', form: 'form2', nap: 'nap2' });
    expect(once.renamed).toEqual({ a: 'a2', b: 'b2' });
    const { a2, ...others } = once.open;
    const twice = keysMoved({ ...once, open: others }, { a2: 'a3', b2: null, form2: 'form' });
    expect([a2?.state, twice.renamed]).toEqual(['failed', { a: 'a3' }]);
    expect(keysMoved(twice, { a3: 'a' }).renamed).toEqual({});
  });

  it('has the stages of a portfolio with all that is below them; what comes of them tells the other name', () => {
    const after = moved(all('TENANT', 'TENANT/secret', 'GONE'), event('PlanMigrated', { stages: { TENANT: 'T' } }))!;
    expect([Object.keys(after.open), after.renamed]).toEqual([['T', 'T/secret'], undefined]);
  });

  it('is as it was with every other event', () => {
    expect(moved(all('a'), event('StepCompleted', {}))).toBeUndefined();
  });
});
