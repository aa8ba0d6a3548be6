import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { UnknownEvent } from '#event-store';
import type { ReadModels } from '#read-models';
import { inputStep, processStream, WorkflowRegistry, workflow, type ProcessEvent } from '#workflow';
import { GetProcess, GetProcessHandler } from '../../apps/server/processes/process.queries.js';
import { ResumeForm } from '../../apps/server/processes/resume-form.js';
import { foldProcess } from '../../libs/read-models/processes/process.fold.js';
import { Driven } from '../../libs/workflow/test/driving.js';
import { sqliteDatabase } from './read-models.databases.js';

const ID = '0199c0de-0000-7000-8000-000000000001';
const asking = workflow({ key: 'w', version: 1, target: 'MODIFY', description: 'W' }, [
  inputStep({ key: 'ask', pages: [], adds: {} }),
]);
const database = await sqliteDatabase();
let models: ReadModels;
let loaded = 0;

beforeAll(async () => {
  models = await database.open();
  const doc = new Driven(asking).begin('w').events.reduce<object | undefined>(folded, undefined);
  const about = {
    workflow: 'w',
    target: 'MODIFY',
    is_task: 0,
    created_by: 'ann',
    last_status: 'suspended',
    last_step: null,
  };
  const none = { failed_reason: null, product_id: null, customer_id: null, note: null, failed_at: null };
  const row = { id: ID, doc: JSON.stringify(doc), revision: 1, position: 2, hidden: 0, started_at: 0, updated_at: 0 };
  await models.db
    .insertInto('processes')
    .values({ ...row, ...about, ...none, assignee: '', search: '' })
    .execute();
});
afterAll(() => database.remove());

const folded = (doc: object | undefined, event: ProcessEvent, i: number) =>
  foldProcess(doc as never, JSON.parse(JSON.stringify({ ...event, metadata: { time: i, actor: 'ann' } })));

function detail(workflows: WorkflowRegistry, load: () => unknown) {
  const runtime = { load: async () => ({ state: (loaded++, load()) }) };
  const parts = { readModels: models, runtime, workflows } as never;
  return new GetProcessHandler(parts, new ResumeForm(parts, {} as never)).execute(new GetProcess(ID));
}
const suspended = () => new Driven(asking).begin('w').started;

it('shows the form that waits, from one look at the stream', async () => {
  const before = loaded;
  const form = expect.objectContaining({ type: 'object' });
  expect(await detail(new WorkflowRegistry([asking]), suspended)).toMatchObject({
    last_status: 'suspended',
    form,
    left_over: [],
  });
  expect(loaded - before).toBe(1);
});

it('shows configuration_error where the definition is not here (law 8)', async () => {
  const found = await detail(new WorkflowRegistry([]), suspended);
  expect(found).toMatchObject({ last_status: 'configuration_error', form: null, left_over: [] });
});

it('shows configuration_error where one of its events is unknown here (law 8)', async () => {
  const lost = {
    stream: processStream(ID),
    revision: 1,
    projection: 'main',
    type: 'StepDreamt',
    position: 2,
    kind: 'unknown',
    reason: '',
  };
  await models.db.insertInto('parked').values(lost).execute();
  const unknown = () => {
    throw new UnknownEvent('process', 'StepDreamt', 1);
  };
  expect(await detail(new WorkflowRegistry([asking]), unknown)).toMatchObject({
    last_status: 'configuration_error',
    left_over: [],
  });
});
