// Preloaded into the servers of the crash matrix: a workflow with every kind of step, and those that commands are given to.
// What they answer depends on what they are asked alone: a server that was killed remembers nothing.
import { Type } from 'typebox';
import { Refusal } from '#kernel';
import * as w from '#workflow';
import { serve } from './serve-workflows.mjs';

const text = Type.String();
const about = (key, more = {}) => ({ key, version: 1, target: 'SYSTEM', isTask: true, description: key, ...more });
const form = { pages: [{ schema: () => w.page('Why?', { answer: text }) }], adds: { answer: text } };

/** To the network resource manager of the sandbox, which knows a repeat by its key. */
async function network(method, path, { idempotencyKey, signal }, body) {
  const headers = {
    authorization: `Bearer ${process.env['PURVEYOR_NRM_TOKEN']}`,
    'content-type': 'application/json',
    'idempotency-key': idempotencyKey,
  };
  const answer = await fetch(process.env['PURVEYOR_NRM_URL'] + path, {
    method,
    headers,
    signal,
    ...(body && { body: JSON.stringify(body) }),
  });
  const answered = await answer.text();
  if (!answer.ok) throw new Refusal('network_refused', answer.status, answered);
  return answered === '' ? undefined : JSON.parse(answered);
}
/** One at a time exists: what is made is taken back at the end. */
const circuit = (external_id) => ({
  external_id,
  speed: 1_000,
  endpoints: [
    { port: 'ams-1:0/1', vlan: 4_000 },
    { port: 'fra-1:0/1', vlan: 4_000 },
  ],
});
const refuses = () => {
  throw new Refusal('nope', 422, 'never');
};
const adding = (key, value) => w.step({ key, adds: { [key]: text }, handler: () => ({ [key]: value }) });

serve([
  w.workflow(about('every_kind', { isTask: false, onFailure: 'compensate' }), [
    w.step({
      key: 'step',
      adds: { circuit: text, list: Type.Array(text), part: Type.Object({}) },
      handler: async (_, context) => {
        const { id } = await network('POST', '/circuits', context, circuit(context.processId));
        return { circuit: id, list: ['x', 'y', 'z'], part: {} };
      },
      compensate: ({ circuit: id }, context) => network('DELETE', `/circuits/${id}`, context),
    }),
    w.retryStep({
      key: 'retry',
      retry: { initialMs: 100, limit: 3 },
      handler: (_, { attempt }) =>
        attempt > 1 ? {} : { kind: 'failed', failure: { kind: 'retryable', code: 'busy', message: 'not yet' } },
    }),
    w.inputStep({ key: 'input', ...form }),
    w.conditional({ key: 'holds', when: () => true, steps: [adding('yes', 'done')] }),
    w.conditional({ key: 'fails', when: () => false, steps: [adding('no', 'done')] }),
    w.stepGroup('group', [adding('a', 'first'), adding('b', 'second')]),
    w.callbackStep({ key: 'callback', action: () => undefined, deadlineMs: 60_000 }),
    w.focus('part', [adding('inner', 'in part')]),
    w.parallel('all', { left: [adding('l', 'left')], right: [adding('r', 'right')] }),
    w.parallel(
      'first',
      { quick: [adding('won', 'quick')], slow: [w.sleep({ key: 'long', ms: 3_600_000 }), adding('won', 'slow')] },
      { join: 'first' },
    ),
    w.forEach('each', 'list', [adding('one', 'of three')], { concurrency: 2 }),
    w.subWorkflow({ key: 'sub', workflow: 'kid', input: () => ({}) }),
    w.sleep({ key: 'sleep', ms: 100 }),
    w.operationStep({
      key: 'operation',
      manifest: () => ({ needs: [{ id: 'a', type: 'sandbox', parameters: { mode: 'instant' } }] }),
      result: () => ({}),
    }),
    w.step({ key: 'refuses', handler: refuses }),
  ]),
  w.workflow(about('kid', { isTask: false }), [adding('born', 'as a child')]),
  w.workflow(about('asks'), [w.inputStep({ key: 'question', ...form })]),
  w.workflow(about('rings'), [w.callbackStep({ key: 'ring', action: () => undefined, deadlineMs: 60_000 })]),
  // Fails for good until it is asked under another key, which a resume brings.
  w.workflow(about('sticks'), [
    w.step({ key: 'makes', adds: { id: text }, handler: () => ({ id: 'x' }), compensate: () => ({}) }),
    w.step({
      key: 'stuck',
      adds: { made: text },
      handler: (_, { idempotencyKey }) => (idempotencyKey.endsWith('/1') ? refuses() : { made: 'once more' }),
    }),
  ]),
  w.workflow(about('quick'), [adding('only', 'step')]),
]);
