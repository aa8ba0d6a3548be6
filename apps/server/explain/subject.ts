import {
  dutyOf,
  dutyStep,
  legalUnder,
  stageOfUndo,
  undoStep,
  type PlanRegistry,
  type PortfolioState,
} from '#portfolio';
import { legalCommands as operationCommands, needsOf, requestAt, type OperationState } from '#provisioning';
import { isLeft, allRows, legalCommands as processCommands, rowAt as processRowAt, type ProcessState } from '#workflow';
import { fitting, type Fitting } from './fitting.js';
import type { Row } from './waits.js';

/** What an explanation takes from a folded state, whichever it is. */
export interface Subject {
  /** Its state in its own words. */
  readonly state: string;
  readonly rowAt: (step: string) => Row | undefined;
  /** Steps that have failed and that a command can make due again. */
  readonly troubled: readonly string[];
  readonly commands: readonly Fitting[];
  /** Since when it is paused, ms since the epoch. */
  readonly pausedSince?: number;
  /** The CSP it works at. */
  readonly csp?: string;
  /** It may not start, and why. */
  readonly postponed?: boolean;
}

/** Of what is not known here. */
export const plainSubject: Subject = { state: '', rowAt: () => undefined, troubled: [], commands: [] };

/** Of what people do not operate: all that is told of it is its status, where its state has one. */
export function statedSubject(state: unknown): Subject {
  const { status } = state as { readonly status?: unknown };
  return typeof status === 'string' ? { ...plainSubject, state: status } : plainSubject;
}

export function portfolioSubject(id: string, state: PortfolioState, plans: Pick<PlanRegistry, 'find'>): Subject {
  if (state.phase === 'ABSENT') return plainSubject;
  const legal = legalUnder(state, plans.find(state.csp, state.plan));
  const rowAt = (step: string): Row | undefined => {
    const [duty, back] = [dutyOf(step), stageOfUndo(step)];
    if (duty !== undefined) return state.duties[duty];
    return back === undefined ? state.stages[step] : state.undone[back];
  };
  return {
    state: state.phase,
    rowAt,
    troubled: legal.flatMap(({ command, stage }) =>
      command === 'resume' && stage !== undefined ? [stepIn(state.phase, stage)] : [],
    ),
    commands: legal.flatMap(({ command, stage }) =>
      command === 'create' ? [] : [fitting('portfolio', id, command, stage)],
    ),
    csp: state.csp,
    postponed: state.phase === 'POSTPONED',
    ...(state.paused && { pausedSince: state.paused.since }),
  };
}

/** The step whose failure a resume of that name answers: a stage, something owed after the end, or a stage that is taken back. */
function stepIn(phase: PortfolioState['phase'], name: string): string {
  if (phase === 'COMPLETED') return dutyStep(name);
  return phase === 'DEPROVISION_FAILED' ? undoStep(name) : name;
}

export function processSubject(id: string, state: ProcessState): Subject {
  if (state.status === 'none') return plainSubject;
  const legal = processCommands(state);
  const rows = [...allRows(state), ...Object.values(state.duties)];
  const failed = rows.filter((row) => row.status === 'failed' && !isLeft(state, row.step));
  return {
    state: state.status,
    rowAt: (step) => processRowAt(state, step),
    troubled: legal.includes('resume') ? failed.map(({ step }) => step) : [],
    commands: legal.map((command) => fitting('process', id, command)),
  };
}

export function operationSubject(id: string, state: OperationState): Subject {
  if (state.status === 'ABSENT') return plainSubject;
  const legal = operationCommands(state);
  const all = needsOf(state).flatMap(({ provision, deprovision, secret }) => [provision, deprovision, secret]);
  return {
    state: state.status,
    rowAt: (step) => requestAt(state, step),
    troubled: legal.includes('retry')
      ? all.flatMap((request) => (request?.status === 'failed' ? [request.step] : []))
      : [],
    commands: legal.map((command) => fitting('operation', id, command)),
  };
}
