import { Type } from 'typebox';
import type { OfferedWorkflow } from '#catalogue';
import { step, workflow } from '#workflow';
import { pageAbout, subscriptionPage, type Page } from './forms.js';
import { send } from './send.js';
import { done, id, init, storeProcessSubscription } from './steps.js';

const note = Type.Optional(Type.String({ maxLength: 5_000, format: 'long', title: 'Note' }));

/** Every product offers it (reference 1.4). It locks nothing: the note is in no external system. */
export const MODIFY_NOTE: OfferedWorkflow = { name: 'modify_note', target: 'MODIFY', description: 'Modify note' };

/** Start / Create Process Subscription relation / Store note / Done. A blank note is none. */
export const modifyNote = workflow(
  { key: MODIFY_NOTE.name, version: 1, target: 'MODIFY', description: MODIFY_NOTE.description, input: { ...id, note } },
  [
    init,
    storeProcessSubscription({}),
    step({
      key: 'store_note',
      name: 'Store note',
      reads: { ...id, note },
      async handler({ subscription_id, note: text }, context) {
        const { processId } = context;
        await send(context, subscription_id, { type: 'SetNote', note: text ?? null, processId, time: context.now() });
        return {};
      },
      plan: 'as_it_runs',
    }),
    done,
  ],
);

export const modifyNoteForm: readonly Page[] = [
  subscriptionPage(MODIFY_NOTE.description),
  pageAbout((subscription) => {
    const present = { ...note, ...(subscription.note != null && { default: subscription.note }) };
    return Type.Object({ note: present }, { title: MODIFY_NOTE.description });
  }),
];
