import type { Answer, World } from './world.js';

/** What the rows are asked about: made once, before the first. */
export interface Known {
  readonly productId: string;
  /** Completed: a user group was created. */
  readonly processId: string;
  readonly subscriptionId: string;
}

type Of<T> = T | ((known: Known) => T);
/** One question and what the reference says of its answer. */
export interface Asked {
  /** Where the row has parameters, or a query is wanted. */
  readonly path?: Of<string>;
  readonly body?:
    | readonly unknown[]
    | Readonly<Record<string, unknown>>
    | ((known: Known) => readonly unknown[] | Readonly<Record<string, unknown>>);
  readonly headers?: Of<Record<string, string>>;
  readonly status: number;
  readonly answer?: (answer: Answer, known: Known, world: World) => void | Promise<void>;
}

export interface Row {
  /** As in the table of the reference. */
  readonly row: string;
  readonly asked: readonly Asked[];
}
