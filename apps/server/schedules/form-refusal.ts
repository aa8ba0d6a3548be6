import { Refusal, type Fault } from '#kernel';
import { jsonPointer } from '#platform';
import { FormAnswer } from '../processes/form-answer.js';

/** What a form asks or refuses, for those who cannot be asked: refusal `invalid_user_inputs` 422. Everything else is thrown on. */
export function asRefusal(error: unknown): never {
  if (!(error instanceof FormAnswer)) throw error;
  const { body } = error;
  const faults: readonly Fault[] =
    body.status === 510
      ? [{ pointer: '/user_inputs', message: 'the form asks for another page' }]
      : body.validation_errors.map(({ loc, msg }) => ({
          pointer: jsonPointer(['user_inputs', ...loc.filter((part) => part !== '__root__').map(String)]),
          message: msg,
        }));
  throw new Refusal('invalid_user_inputs', 422, 'the answers do not fit the form of the task', {}, faults);
}
