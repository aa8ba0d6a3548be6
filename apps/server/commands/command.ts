/** One thing that `main.js NAME ...` does instead of serving. */
export interface SubCommand {
  /** What follows the name, such as `NAME ROLE`. */
  readonly usage: string;
  /** One line for people. */
  readonly meaning: string;
  /** Gets what follows the name; answers the exit code. An error ends it with code 1 and its message as one line. */
  readonly run: (args: readonly string[]) => Promise<number> | number;
}

/** The arguments were not understood: the usage is told, exit code 2. */
export class UsageError extends Error {}
