import { beforeAll, expect, it } from '@jest/globals';
import { expectProblem } from './portfolios.js';
import { processActions } from './processes.actions.js';
import { until, type World } from './world.js';

/** What a process takes at the route of its callback, and when it does not. */
export function callbacksSuite(given: () => World): void {
  const { start, get, reaches } = processActions(given);
  let world: World;
  beforeAll(() => {
    world = given();
  });

  let id: string;
  let route: string;
  beforeAll(async () => {
    id = await start('call');
    await reaches(id, 'awaiting_callback');
    route = (await get(id)).note;
  });

  it('takes progress and the answer at its own route, once', async () => {
    expect(route).toMatch(new RegExp(`^/api/processes/${id}/callback/`));
    const text = await world.send('POST', `${route}/progress`, 'half way', { 'content-type': 'text/plain' });
    expect([text.status, text.body]).toEqual([200, null]);
    expect((await world.api('POST', `${route}/progress`, { percent: 60 })).status).toBe(200);
    const shown = await until(
      () => get(id),
      (found) => found.steps[0].progress?.percent === 60,
    );
    expect(shown.last_status).toBe('awaiting_callback');
    expect((await world.api('POST', route, [1])).status).toBe(400);
    expect((await world.api('POST', route, { it: 'works' })).status).toBe(200);
    expect((await reaches(id, 'completed')).current_state).toMatchObject({ callback_result: { it: 'works' } });
    expect((await world.api('POST', route, { it: 'works' })).status).toBe(200);
    const late = await world.api('POST', route, { it: 'differs' });
    expect([late.status, late.body.detail]).toEqual([409, 'This process is not in an awaiting state.']);
  });

  it('of a step that was passed over meanwhile is told so, and is left over', async () => {
    const skipped = await start('call');
    await reaches(skipped, 'awaiting_callback');
    const { note } = await get(skipped);
    const result = { callback_result: 'by phone' };
    const skip = { step: 'ring/action', reason: 'they called', result };
    expect((await world.api('POST', `/api/processes/${skipped}/skip`, skip)).status).toBe(202);
    await reaches(skipped, 'completed');
    const late = await world.api('POST', note, { it: 'works' });
    expect([late.status, late.body.code]).toEqual([409, 'process_not_awaiting']);
    const shown = await until(
      () => get(skipped),
      (found) => found.left_over.length > 0,
    );
    expect(shown.left_over).toEqual([{ step: 'ring/action', outcome: 'success', commands: [] }]);
    expect(shown.current_state).toMatchObject(result);
  });

  it('of a step that was passed over is taken back once, when the process is undone', async () => {
    const id = await start('call_and_ask');
    await reaches(id, 'awaiting_callback');
    const { note } = await get(id);
    const skip = { step: 'ring/action', reason: 'they called', result: { callback_result: { it: 'by phone' } } };
    expect((await world.api('POST', `/api/processes/${id}/skip`, skip)).status).toBe(202);
    await reaches(id, 'suspended');
    expectProblem(await world.api('POST', note, { it: 'works' }), 409, 'process_not_awaiting');
    const shown = await until(
      () => get(id),
      (found) => found.left_over.length > 0,
    );
    expect(shown.left_over).toEqual([{ step: 'ring/action', outcome: 'success', commands: ['compensate'] }]);
    expect((await world.api('POST', `/api/processes/${id}/compensate`, { reason: 'unwanted' })).status).toBe(202);
    expect(await reaches(id, 'aborted')).toMatchObject({ note: 'takes back works', left_over: [] });
    expectProblem(await world.api('POST', note, { it: 'works' }), 409, 'process_not_awaiting');
    const undone = (await world.events(`process-${id}`)).filter(
      ({ type, data }) => type === 'StepStarted' && (data as { step: string }).step === '$undo/ring/action',
    );
    expect(undone).toHaveLength(1);
  });

  it('knows no other token, and not that of another process', async () => {
    const other = await start('call');
    await reaches(other, 'awaiting_callback');
    for (const address of [`/api/processes/${other}/callback/x.y`, route.replace(id, other)]) {
      const answer = await world.api('POST', address, {});
      expect([answer.status, answer.body.detail]).toEqual([404, 'Invalid token']);
    }
    expect((await world.api('PUT', `/api/processes/${other}/abort`)).status).toBe(204);
  });
}
