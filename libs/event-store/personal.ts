import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SubjectKeys } from '#kernel';
import type { Personal } from './registry.js';

/** What a personal field becomes in the log: AES-256-GCM under the subject's key, base64url of iv, tag and text. */
interface Sealed {
  readonly $personal: string;
  readonly $subject: string;
}

/** What a reader sees in place of a value whose subject was forgotten. */
export const ERASED = '[erased]';

/** What a reader sees who may not know the value of a person that is not forgotten. */
export const CONCEALED = '[concealed]';

const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' && value !== null && '$personal' in value;

/** A copy of `data` in which the personal fields are sealed. The subject's key must exist; ERASED where the subject was forgotten, so that nothing of theirs is kept anew. */
export function seal(data: unknown, stream: string, personal: Personal<never>, keys: SubjectKeys): unknown {
  const subject = personal.subject(data as never, stream);
  const key = keys.peek(subject);
  if (key === undefined && !keys.wasForgotten?.(subject)) throw new Error(`no key for subject ${subject}`);
  return personal.fields.reduce(
    (copy, path) =>
      changeAt(copy, path.split('.'), (value) =>
        key === undefined ? ERASED : { $personal: encrypt(key, JSON.stringify(value)), $subject: subject },
      ),
    data,
  );
}

/** What a reader may see of personal values. */
export type PersonalView = 'open' | 'concealed';

/** A copy of `data` with every sealed value opened or CONCEALED, or ERASED where the subject's key is gone. */
export function unseal(data: unknown, personal: Personal<never>, keys: SubjectKeys, view: PersonalView): unknown {
  const open = (value: unknown) => {
    if (!isSealed(value)) return value;
    const key = keys.peek(value.$subject);
    if (key === undefined) return ERASED;
    return view === 'concealed' ? CONCEALED : (JSON.parse(decrypt(key, value.$personal)) as unknown);
  };
  return personal.fields.reduce((copy, path) => changeAt(copy, path.split('.'), open), data);
}

/** A copy of `value` in which what is at the path is changed. What is not there, or null, stays as it is: it was never sealed. */
export function changeAt(value: unknown, path: readonly string[], by: (value: unknown) => unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return value === undefined || value === null ? value : by(value);
  if (typeof value !== 'object' || value === null || !(head in value) || isSealed(value)) return value;
  const record = value as Record<string, unknown>;
  return { ...record, [head]: changeAt(record[head], rest, by) };
}

function encrypt(key: Uint8Array, text: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
}

function decrypt(key: Uint8Array, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8');
}
