/** One kind of problem people can meet. The code is stable for ever; title and texts may be improved. */
export interface ErrorEntry {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly meaning: string;
  readonly whatToDo: string;
}

export const entry = (code: string, status: number, title: string, meaning: string, whatToDo: string): ErrorEntry => ({
  code,
  status,
  title,
  meaning,
  whatToDo,
});

export const REPEAT = 'Send the request again after the time in Retry-After, with the same Idempotency-Key.';
export const OPERATOR = 'Tell the operator; the log line with the same correlation id says more.';
