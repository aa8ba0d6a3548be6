import type { SubjectKeys } from '#kernel';
import { FORGET_EFFECT, type ForgetInput } from '#privacy';
import type { Effect } from '#runtime';

export interface ErasableKeys extends SubjectKeys {
  /** Deletes the key for good; a repeat is silence. */
  forget(subject: string): Promise<void>;
}

export const forgetEffect = (keys: ErasableKeys): Effect => ({
  name: FORGET_EFFECT,
  async run({ input }) {
    await keys.forget((input as ForgetInput).subject);
    return { kind: 'done', result: {} };
  },
});
