export type Answer = Readonly<Record<string, unknown>>;

/** One thing that is wrong with an answer. */
export interface FormFault {
  /** Keys and indexes; `__root__` for the page as a whole. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
  readonly input: unknown;
  /** What a program may want to know of it. */
  readonly ctx?: object;
}
