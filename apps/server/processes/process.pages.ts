import { Refusal } from '#kernel';

/** The pages of a form as a request's body gives them. Refusal `pages_expected` 422 when it is not an array. */
export function pagesOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  throw new Refusal('pages_expected', 422, 'the body is not an array', {}, [
    { pointer: '', message: 'must be an array with the answers of each page' },
  ]);
}

/** No body, or `{}`: a retry, or a client that asks for the form. Refusal `pages_expected` 422 for what is neither that nor an array. */
export function isNoAnswer(body: unknown): boolean {
  if (body === undefined || body === null) return true;
  if (!Array.isArray(body) && typeof body === 'object' && Object.keys(body).length === 0) return true;
  pagesOf(body);
  return false;
}

/** Where no form waits a resume takes no answers: no body, `{}`, `[]` or `[{}]`. */
export function refuseAnswers(body: unknown): void {
  const pages = Array.isArray(body) ? body : [body ?? {}];
  if (pages.length <= 1 && pages.every((page) => typeof page === 'object' && Object.keys(page ?? {}).length === 0))
    return;
  throw new Refusal('validation_failed', 400, 'this process waits for no answers', {}, [
    { pointer: '', message: 'must be empty' },
  ]);
}
