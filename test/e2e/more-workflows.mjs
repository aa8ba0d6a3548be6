// Preloaded into a server: workflows that no product has, one for each thing that HTTP can ask of a process.
import { Type } from 'typebox';
import { Refusal } from '#kernel';
import { callbackStep, inputStep, page, step, workflow } from '#workflow';
import { serve } from './serve-workflows.mjs';

const text = Type.String();
const about = (key, more = {}) => ({ key, version: 1, target: 'SYSTEM', isTask: true, description: key, ...more });
let refusals = 0;

/** What a step wants a test to know is in the note. */
const note = (context, text) =>
  context.dispatch(`process-${context.processId}`, { type: 'SetNote', note: text, time: context.now() }, 'tell');
const tellRoute = async (_, context) => {
  await note(context, context.callbackRoute);
};

const definitions = [
  workflow(about('ask', { isTask: false, input: {} }), [
    step({ key: 'before', adds: { colour: text }, handler: () => ({ colour: 'blue' }) }),
    inputStep({
      key: 'question',
      name: 'Question',
      assignee: 'NOC',
      adds: { answer: text, why: text },
      pages: [
        { schema: (_, live) => page(`Why ${live.state.colour}?`, { answer: text }) },
        { schema: ([{ answer }]) => page(`Why ${answer}?`, { why: Type.String({ minLength: 2 }) }) },
      ],
    }),
    step({ key: 'after', reads: { answer: text } }),
  ]),
  workflow(about('call'), [callbackStep({ key: 'ring', deadlineMs: 60_000, action: tellRoute })]),
  workflow(about('call_and_ask', { isTask: false }), [
    callbackStep({
      key: 'ring',
      deadlineMs: 60_000,
      action: tellRoute,
      compensate: ({ callback_result }, context) => note(context, `takes back ${callback_result.it}`),
    }),
    inputStep({ key: 'question', pages: [{ schema: () => page('And now?', {}) }], adds: {} }),
  ]),
  workflow(about('odd_form', { isTask: false }), [
    inputStep({
      key: 'question',
      adds: {},
      pages: [
        {
          schema: () => {
            throw new Error('no such page');
          },
        },
      ],
    }),
  ]),
  workflow(about('broken'), [
    step({
      key: 'breaks',
      adds: { made: text },
      handler: () => {
        if (++refusals % 2 === 0) return { made: 'by the second attempt' };
        throw new Refusal('nope', 422, 'not today');
      },
    }),
    step({ key: 'end', reads: { made: text } }),
  ]),
  workflow(about('stuck', { isTask: false }), [
    step({ key: 'makes', adds: { id: text }, handler: () => ({ id: 'x' }), compensate: () => ({}) }),
    step({
      key: 'sticks',
      adds: { made: text },
      handler: () => {
        throw new Refusal('nope', 422, 'never');
      },
    }),
  ]),
  workflow(about('forbidden', { authorize: { start: () => false } }), []),
  workflow(about('guarded', { isTask: false, authorize: { retry: () => false } }), [
    step({
      key: 'sticks',
      handler: () => {
        throw new Refusal('nope', 422, 'never');
      },
    }),
  ]),
  workflow(about('unready', { runPredicate: () => 'The moon is wrong' }), []),
];

serve(definitions);
