/** What the program's end says to a script; docs/reference/command-line.md lists them. Never renumbered. */
export const EXIT = {
  ok: 0,
  /** The question was answered, and the answer is bad: a broken chain, a server that is not ready. */
  bad: 1,
  /** The command line itself is wrong; nothing was sent. */
  usage: 2,
  /** The server refused: what was asked is not valid or does not fit the state (400, 409, 412, 413, 422, 507, 510). */
  refused: 3,
  /** There is no such thing (404). */
  missing: 4,
  /** The token is missing, wrong or may not do this (401, 403). */
  denied: 5,
  /** Nobody answered, or not in time, or "try again later" (429, 503, 504). */
  unreachable: 6,
  /** A fault of the server, or an answer that is not Purveyor's. */
  fault: 7,
  /** What came cannot be written on this machine: no space, no such directory. */
  local: 8,
} as const;

/** An end with a message for people and a code for scripts. */
export class Failed extends Error {
  constructor(
    readonly exitCode: number,
    message: string,
    /** Problem details as they came, for --json. */
    readonly problem?: unknown,
  ) {
    super(message);
  }
}

/** The exit code for an HTTP status that is not a success. */
export function exitCodeOf(status: number): number {
  if (status === 404) return EXIT.missing;
  if (status === 401 || status === 403) return EXIT.denied;
  if ([429, 503, 504].includes(status)) return EXIT.unreachable;
  if (status >= 500 && ![507, 510].includes(status)) return EXIT.fault;
  return status >= 400 ? EXIT.refused : EXIT.fault;
}
