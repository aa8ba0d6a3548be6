import { Refusal } from '#kernel';

/** The pages of a form as a request's body gives them. Refusal `pages_expected` 422 when it is not an array. */
export function pagesOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  throw new Refusal('pages_expected', 422, 'the body is not an array', {}, [
    { pointer: '', message: 'must be an array with the answers of each page' },
  ]);
}

/** No workflow asks a person while it runs, so a resume takes no answers: no body, `{}`, `[]` or `[{}]`. */
export function refuseAnswers(body: unknown): void {
  const pages = Array.isArray(body) ? body : [body ?? {}];
  if (pages.length <= 1 && pages.every((page) => typeof page === 'object' && Object.keys(page ?? {}).length === 0))
    return;
  throw new Refusal('validation_failed', 400, 'this process waits for no answers', {}, [
    { pointer: '', message: 'must be empty' },
  ]);
}
