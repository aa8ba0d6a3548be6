import type { Failure } from '#kernel';
import type { Request } from '#runtime';
import type {
  Data,
  OpenStatus,
  PinnedStep,
  ProcessClaim,
  ProcessParent,
  ProcessRefused,
  Target,
} from '../published/index.js';

export type { Data };

/**
 * A step that owes no request: passed over, answered, waiting for a person or for a time. `begun`: under this path a request had begun before
 * it was passed over. Times are ms since the epoch.
 */
export type Mark = { readonly step: string } & (
  | {
      readonly status: 'skipped';
      readonly because: 'condition' | 'operator';
      readonly begun?: true;
      readonly endedAt: number;
    }
  | { readonly status: 'passed'; readonly endedAt: number }
  | { readonly status: 'suspended'; readonly assignee: string | undefined; readonly since: number }
  | { readonly status: 'sleeping'; readonly until: number }
);

/** What has become of a step that was reached. */
export type Row = Request | Mark;

/** Undoing what is done: all of it, or one step. */
interface Undoing {
  readonly step: string | undefined;
  readonly reason: string | undefined;
  readonly since: number;
}

export interface ProcessCommon {
  readonly workflow: string;
  readonly version: number;
  readonly target: Target;
  readonly isTask: boolean;
  readonly createdBy: string;
  readonly product: { readonly productId: string; readonly name: string } | undefined;
  readonly customerId: string | undefined;
  readonly claims: ProcessClaim | undefined;
  readonly parent: ProcessParent | undefined;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** As pinned by the first event, or by the last migration (law 8). */
  readonly steps: readonly PinnedStep[];
  /** Along `steps`. */
  readonly requests: readonly (Row | undefined)[];
  /** Rows of steps inside a for-each, by path. */
  readonly dynamic: Readonly<Record<string, Row>>;
  /** What it owes beside its steps (see duties), by a path that begins with `$`. */
  readonly duties: Readonly<Record<string, Row>>;
  /** How many of `steps` are done from the first on without a gap: the place in a sequence. */
  readonly position: number;
  /** Initial state and every step's delta, merged. */
  readonly data: Data;
  /** What happens rarely, so that the others cost nothing. */
  readonly rare: Rare | undefined;
}

export interface Rare {
  readonly undoing?: Undoing;
  /** See `turnOf`; 1 if absent. */
  readonly turn?: number;
  /** Beginnings of paths that count no more, because another branch was first. */
  readonly left: readonly string[];
  /** Steps whose success came after the end, or after an operator had passed over them. */
  readonly late: readonly string[];
  /** Open requests that an operator passed over, by path: the other side may still do what they ask for. */
  readonly passedOver?: Readonly<Record<string, Request>>;
  /** What the other side told last of how far it is, by path. */
  readonly progress: Readonly<Record<string, unknown>>;
  /** An operator has set a value: what a step reads may have changed since it was asked. */
  readonly edited: boolean;
  /** Paths that a migration changed, old to new: a request that has begun keeps its key. */
  readonly renamed: Readonly<Record<string, string>>;
  /** Paths under which requests had begun of steps that a migration removed. */
  readonly gone?: readonly string[];
  readonly hidden: boolean;
  readonly note: string | undefined;
}
export const NOTHING_RARE: Rare = {
  left: [],
  late: [],
  progress: {},
  edited: false,
  renamed: {},
  hidden: false,
  note: undefined,
};

export type ProcessState =
  | { readonly status: 'none' }
  | (ProcessCommon &
      (
        | { readonly status: OpenStatus }
        | { readonly status: 'aborted'; readonly reason: string | undefined; readonly endedAt: number }
        | { readonly status: 'completed'; readonly endedAt: number }
        | { readonly status: 'refused'; readonly refusal: ProcessRefused['data']; readonly endedAt: number }
      ));

export type StartedProcess = Exclude<ProcessState, { status: 'none' }>;
export type EndedProcess = Extract<StartedProcess, { endedAt: number }>;

export const hasEnded = (state: StartedProcess): state is EndedProcess => 'endedAt' in state;

/** Of what a process owes beside its steps; no step key begins so. */
export const isDuty = (path: string): boolean => path.startsWith('$');
/** The duty to undo the step at a path. */
export const undoOf = (path: string): string => `$undo/${path}`;
export const isUndo = (path: string): boolean => path.startsWith('$undo/');

/** Whether the walk goes on behind it. */
export const isDone = ({ status }: Row): boolean => status === 'done' || status === 'skipped' || status === 'passed';
export const isRequest = (row: Row | undefined): row is Request => row !== undefined && 'generation' in row;
/** Whether a request has begun under its path, which then is its key for ever (law 2). */
export const hasBegun = (row: Row): boolean => isRequest(row) || (row.status === 'skipped' && row.begun === true);
/** Whether it lies in a branch that counts no more. */
export const isLeft = ({ rare }: ProcessCommon, path: string): boolean =>
  rare !== undefined && rare.left.some((prefix) => path.startsWith(prefix));

/** What has become of the step, or of the duty, at a path. */
export function rowAt(state: ProcessCommon, path: string): Row | undefined {
  if (isDuty(path)) return state.duties[path];
  const at = pinnedIndex(state, path);
  return at < 0 ? (state.dynamic[path] ?? state.dynamic[state.rare?.renamed[path] ?? path]) : state.requests[at];
}

/** The request of the step, or of the duty, at a path. */
export function requestAt(state: ProcessCommon, path: string): Request | undefined {
  const row = rowAt(state, path);
  return isRequest(row) ? row : undefined;
}

/** Index in `steps`, -1 for a step inside a for-each. In a sequence the step asked for is nearly always the current one. */
export function pinnedIndex(state: ProcessCommon, path: string): number {
  if (state.steps[state.position]?.key === path) return state.position;
  const at = state.steps.findIndex((each) => each.key === path);
  if (at >= 0 || state.rare === undefined) return at;
  const renamed = state.rare.renamed[path];
  return renamed === undefined ? -1 : state.steps.findIndex((each) => each.key === renamed);
}

/** Where a step is now that may have begun under another path. */
export const pathNow = ({ rare }: ProcessCommon, path: string): string => rare?.renamed[path] ?? path;

/** All rows of steps there are, pinned ones first. */
export function allRows(state: ProcessCommon): readonly Row[] {
  return [...state.requests.filter((each) => each !== undefined), ...Object.values(state.dynamic)];
}

/** All requests of steps there are, pinned ones first. */
export const allRequests = (state: ProcessCommon): readonly Request[] => allRows(state).filter(isRequest);

/** The request of a step that an operator passed over while it was open. */
export function passedOverAt(state: ProcessCommon, path: string): Request | undefined {
  const over = state.rare?.passedOver?.[path];
  return over !== undefined && rowAt(state, path)?.status === 'skipped' ? over : undefined;
}

/** Requests that may have taken effect outside, whether their step counts or was passed over. */
export const everyRequest = (state: ProcessCommon): readonly Request[] =>
  state.rare?.passedOver === undefined
    ? allRequests(state)
    : [...allRequests(state), ...Object.values(state.rare.passedOver)];

/** Why it does not go on: the first failed step. The message is bounded where it is recorded. */
export function problemOf(state: ProcessCommon): { readonly step: string; readonly failure: Failure } | undefined {
  const all = [...allRows(state), ...Object.values(state.duties)];
  const failed = all.find((each) => each.status === 'failed' && !isLeft(state, each.step));
  return failed?.status === 'failed' ? { step: failed.step, failure: failed.failure } : undefined;
}
