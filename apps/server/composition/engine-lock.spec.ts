import { describe, expect, it } from '@jest/globals';
import { ENGINE_STREAM, engineDecider, SETTINGS, settingsEvents, type EngineState } from '#settings';
import { by, done, harness } from '../../../libs/runtime/test/harness.js';
import { jobEvents } from '../../../libs/runtime/test/job.decider.js';
import { readEngine, requireRunning } from './engine-lock.js';

const shared = { keepsTime: () => true };
const events = [...jobEvents, ...settingsEvents];
const start = { type: 'StartJob', steps: ['a', 'b'] };

async function twoWorkers() {
  const h = harness();
  const worker = async (seed: number) => (await h.runner({ shared, events, seed })).register(SETTINGS, engineDecider);
  const [first, second] = [await worker(1), await worker(2)];
  const tell = async (type: 'PauseEngine' | 'ContinueEngine') => {
    await first.dispatch<EngineState>(
      ENGINE_STREAM,
      { type, time: h.clock.now() } as never,
      by(`${type}${h.clock.now()}`),
    );
    for (const runtime of [first, second]) await readEngine({ runtime });
  };
  return { h, first, second, tell };
}

describe('the lock of the engine, in every process', () => {
  it('is what the log says: nobody begins anything, then everybody goes on', async () => {
    const { h, first, second, tell } = await twoWorkers();
    await tell('PauseEngine');
    for (const runtime of [first, second])
      expect(() => requireRunning({ runtime })).toThrow(
        expect.objectContaining({ code: 'engine_paused', status: 503 }),
      );
    await second.dispatch('job-1', start, by('1'));
    await first.wake('job-1');
    await h.advance(60_000);
    expect(await h.types('job-1')).toEqual(['JobStarted']);
    h.answers.push(
      () => done(),
      () => done(),
    );
    await tell('ContinueEngine');
    await h.advance(1_000);
    expect(await h.open()).toEqual([]);
    expect(h.calls).toHaveLength(2);
    expect(() => requireRunning({ runtime: second })).not.toThrow();
  });

  it('holds for a process that starts while it is paused, and says when answers could come in again', async () => {
    const { h, tell } = await twoWorkers();
    await tell('PauseEngine');
    const third = (await h.runner({ shared, events, seed: 3 })).register(SETTINGS, engineDecider);
    await readEngine({ runtime: third });
    expect(third.paused).toBe(true);
    await tell('ContinueEngine');
    expect((await third.load<EngineState>(ENGINE_STREAM)).state.continuedAt).toBe(h.clock.now());
    await readEngine({ runtime: third });
    expect(third.paused).toBe(false);
  });
});
