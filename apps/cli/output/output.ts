/** Where a command writes: JSON for programs with --json, text for people otherwise. Notes never mix with the answer. */
export interface Output {
  readonly json: boolean;
  /** Columns of the terminal; undefined where it is none, so that nothing is cut. */
  readonly width: number | undefined;
  /** The answer: `value` for programs, `text` for people. */
  answer(value: unknown, text: () => string): void;
  /** One line of an answer that goes on: compact JSON for programs. */
  line(value: unknown, text: () => string): void;
  /** For people only, on stderr. */
  note(text: string): void;
}

export function outputTo(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream, json: boolean): Output {
  const put = (text: string) => stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return {
    json,
    width: stdout.isTTY ? stdout.columns : undefined,
    answer: (value, text) => put(json ? JSON.stringify(value ?? null, undefined, 2) : text()),
    line: (value, text) => put(json ? JSON.stringify(value) : text()),
    note: (text) => void (json || stderr.write(`${text}\n`)),
  };
}
