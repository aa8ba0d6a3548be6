import { beforeAll, expect, it } from '@jest/globals';
import { expectProblem } from './portfolios.js';
import { processActions } from './processes.actions.js';
import { until, type World } from './world.js';

/** What operators do to processes that failed. */
export function operatorsSuite(given: () => World): void {
  const { start, get, reaches, typesOf } = processActions(given);
  let world: World;
  beforeAll(() => {
    world = given();
  });

  const post = (id: string, what: string, body: unknown) => world.api('POST', `/api/processes/${id}/${what}`, body);

  it('retry a task, note it, delete it', async () => {
    const id = await start('broken');
    const failed = await reaches(id, 'failed');
    expect(failed).toMatchObject({ failed_reason: 'not today', traceback: expect.stringContaining('refused nope') });
    expect((await world.api('PUT', `/api/processes/${id}/resume`, [{ odd: 1 }])).status).toBe(400);
    expect((await world.api('PUT', `/api/processes/${id}/resume`, {})).status).toBe(204);
    const done = await reaches(id, 'completed');
    expect(done.steps[0]).toMatchObject({ status: 'success', state_delta: { made: 'by the second attempt' } });
    const noted = await world.api('PATCH', `/api/processes/${id}`, { note: 'was slow' });
    expect([noted.status, noted.body.note]).toEqual([200, 'was slow']);
    const { headers } = await world.api('DELETE', `/api/processes/${id}`);
    const after = await world.api('GET', `/api/processes/${id}?min_position=${headers.get('purveyor-position')}`);
    expectProblem(after, 404, 'process_not_found');
    expect((await typesOf(id)).at(-1)).toBe('ProcessHidden');
  });

  it('set a value, skip, undo: each with its reason and who it was; what does not fit is 409 with what would', async () => {
    const id = await start('stuck');
    await reaches(id, 'failed');
    expectProblem(await post(id, 'skip', { step: 'sticks' }), 400, 'validation_failed');
    expectProblem(await post(id, 'skip', { step: 'makes', reason: 'r' }), 409, 'step_not_skippable');
    expect((await post(id, 'values', { path: '/id', value: 'y', reason: 'a typing error' })).status).toBe(202);
    expectProblem(await post(id, 'skip', { step: 'sticks', reason: 'r' }), 400, 'validation_failed');
    const skipped = { step: 'sticks', reason: 'done by hand', result: { made: 'by hand' } };
    expect((await post(id, 'skip', skipped)).status).toBe(202);
    const done = await reaches(id, 'completed');
    expect(done.current_state).toMatchObject({ id: 'y', made: 'by hand' });
    expect(done.steps.at(-1)).toMatchObject({ status: 'skipped', reason: 'done by hand' });
    const refused = await post(id, 'compensate', { reason: 'too late' });
    expectProblem(refused, 409, 'invalid_process_status');
    expect(refused.body).toMatchObject({ state: 'completed', commands: [] });
    const events = await world.events(`process-${id}`);
    expect(events.find(({ type }) => type === 'ValueSet')!.data).toMatchObject({ by: expect.any(String), value: 'y' });

    const other = await start('stuck');
    await reaches(other, 'failed');
    expect((await post(other, 'compensate', { reason: 'not wanted' })).status).toBe(202);
    await reaches(other, 'aborted');
    expect(await typesOf(other)).toContain('CompensationStarted');
  });

  it('may be forbidden to retry', async () => {
    const id = await start('guarded');
    await reaches(id, 'failed');
    expectProblem(await world.api('PUT', `/api/processes/${id}/resume`, {}), 403, 'resume_forbidden');
    expect((await world.api('PUT', `/api/processes/${id}/abort`)).status).toBe(204);
    const { data } = (await world.events(`process-${id}`)).find(({ type }) => type === 'ProcessAborted')!;
    expect(data).toMatchObject({ by: expect.any(String) });
  });

  it('resume all tasks at once, and count', async () => {
    const ids = [await start('broken'), await start('broken')];
    await Promise.all(
      ids.map((id) =>
        until(
          () => get(id),
          ({ last_status: s }) => s === 'failed' || s === 'completed',
        ),
      ),
    );
    const failed = (await Promise.all(ids.map(get))).filter(({ last_status }) => last_status === 'failed').length;
    const resumeAll = () =>
      world.api('PUT', '/api/processes/resume-all', undefined, { 'idempotency-key': 'all-of-them' });
    expect((await resumeAll()).body).toEqual({ count: failed });
    expect((await resumeAll()).body).toEqual({ count: failed });
    const counts = await world.api('GET', '/api/processes/status-counts');
    expect(counts.body).toMatchObject({ process_counts: { completed: expect.any(Number) } });
  });
}
