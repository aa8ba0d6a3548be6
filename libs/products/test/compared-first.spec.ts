import { describe, expect, it } from '@jest/globals';
import { processDecider, type ProcessEvent, type StartedProcess } from '#workflow';
import { productRegistry } from '../index.js';
import { FakeDirectory } from './fake-directory.js';
import { FakeNetwork } from './fake-network.js';

const { workflows } = productRegistry({ directory: new FakeDirectory(), network: new FakeNetwork() });
const changed = ['user_group', 'user', 'l2vpn'].flatMap((thing) =>
  ['modify', 'reconcile'].map((verb) => [`${verb}_${thing}`, thing] as const),
);
const fold = (events: readonly ProcessEvent[]) => {
  const { initial, evolve } = processDecider(workflows);
  return events.reduce(evolve, initial()) as StartedProcess;
};

describe.each(changed)('an instance of version 1 of %s', (workflow, thing) => {
  const applying = `update_${thing}_in_external_systems`;
  const steps = workflows.latest(workflow)!.pinned.filter(({ key }) => !key.startsWith('compare_'));
  const about = { target: 'MODIFY', isTask: false, state: {}, createdBy: 'ann', time: 1 } as const;
  const started: ProcessEvent = { type: 'ProcessStarted', data: { workflow, version: 1, steps, ...about } };
  const begun: ProcessEvent = {
    type: 'StepStarted',
    data: { step: applying, generation: 1, attempt: 1, owner: 'o', until: 9, time: 1, input: {}, tokenKey: 'k' },
  };

  it('goes on', () => {
    expect(steps.map(({ key }) => key)).toContain(applying);
    expect(workflows.carries(fold([started]))).toBe(true);
  });

  it('is left alone where the step that applies has begun', () => {
    expect(workflows.carries(fold([started, begun]))).toBe(false);
    const failure = { kind: 'refused', code: 'no', message: 'no' } as const;
    const failed: ProcessEvent = {
      type: 'StepFailed',
      data: { step: applying, generation: 1, attempt: 1, failure, time: 2 },
    };
    expect(workflows.carries(fold([started, begun, failed]))).toBe(false);
  });
});
