import { concealTold } from '#csp';
import { currentStage, pick, requestOf, stageOf, type Facts, type PlanRegistry, type PortfolioState } from '#portfolio';
import { categoryOf } from '#event-store';
import type { Outcome, Vault } from '#kernel';
import {
  answerOf,
  discardRefused,
  hasEnded,
  needAt,
  protectSecret,
  requestAt as needRequest,
  type OperationState,
  type SecretVault,
} from '#provisioning';
import type { CallbackVerdict, Request } from '#runtime';
import { isRequest, rowAt, type ProcessState } from '#workflow';

/** The request of a step as an instance's state holds it: `skipped` when an operator passed over it. */
export type Found = Request | { readonly status: 'skipped' } | undefined;

/** How a category keeps its requests. */
export interface Waiting {
  /** The request of the step at a path; undefined when it never was. */
  request(state: unknown, step: string): Found;
  /** A result as the other side names it, in the names in which the request records it. */
  ownNames(state: unknown, step: string, result: unknown): unknown;
  /** The instance was given up: its open requests wait no longer. */
  givenUp(state: unknown): boolean;
  /** What may be kept of an outcome: secrets go to the vault before anything is decided. The state is loaded where it matters. */
  protect?(stream: string, step: string, outcome: Outcome, load: () => Promise<unknown>): Promise<Outcome>;
  /** Takes back what was kept of an outcome that the state after the decision has no use for. */
  release?(step: string, outcome: Outcome, state: unknown): Promise<void>;
  /** The resource type whose provisioner's secrets sign for this step. */
  signer?(state: unknown, step: string): string | undefined;
  /** Whether a success of the step that is recorded, as the state shows, came too late to count. */
  cameLate?(state: unknown, step: string): boolean;
  /** What the callback with this id was, when it decided nothing. */
  answered?(state: unknown, callbackId: string): CallbackVerdict | undefined;
}

export interface WaitingParts {
  readonly plans: PlanRegistry;
  readonly vault: SecretVault & Pick<Vault, 'get'>;
}

const portfolios = ({ plans, vault }: WaitingParts): Waiting => ({
  request: (state, step) => {
    const portfolio = state as PortfolioState;
    return portfolio.phase === 'ABSENT' ? undefined : portfolio.stages[step];
  },
  ownNames: (state, step, result) => {
    const wire = stageIn(plans, state as PortfolioState, step)?.wire;
    return wire ? pick(result, wire.result) : result;
  },
  protect: async (_stream, step, outcome, load) => {
    if (outcome.kind !== 'failed') return outcome;
    const portfolio = (await load()) as PortfolioState;
    const stage = stageIn(plans, portfolio, step);
    const request = portfolio.phase === 'ABSENT' ? undefined : requestOf(portfolio, step);
    if (stage === undefined || request === undefined) return outcome;
    return concealTold(outcome, stage, request.input as Facts, vault);
  },
  givenUp: (state) => (state as PortfolioState).phase === 'ABANDONED',
  // One that is done in time is no longer the current one. When an abandoned portfolio is deprovisioned its state shows no more that a
  // success was late: a repeat is answered as accepted from then on.
  cameLate: (state, step) => {
    const portfolio = state as PortfolioState;
    return portfolio.phase === 'ABANDONED' && currentStage(portfolio) === step;
  },
});

function stageIn(plans: PlanRegistry, portfolio: PortfolioState, step: string) {
  const plan = portfolio.phase === 'ABSENT' ? undefined : plans.find(portfolio.csp, portfolio.plan);
  return plan && stageOf(plan, step);
}

const processes: Waiting = {
  request: (state, step) => {
    const process = state as ProcessState;
    const row = process.status === 'none' ? undefined : rowAt(process, step);
    return isRequest(row) || row?.status === 'skipped' ? row : undefined;
  },
  ownNames: (_state, _step, result) => result,
  givenUp: (state) => (state as ProcessState).status === 'aborted',
  cameLate: (state, step) => processes.request(state, step)?.status === 'skipped',
};

const operations = ({ vault }: WaitingParts): Waiting => ({
  request: (state, step) => {
    const operation = state as OperationState;
    return operation.status === 'ABSENT' ? undefined : needRequest(operation, step);
  },
  ownNames: (_state, _step, result) => result,
  givenUp: (state) => {
    const operation = state as OperationState;
    return operation.status !== 'ABSENT' && hasEnded(operation);
  },
  protect: (stream, step, outcome, load) =>
    protectSecret(vault, stream, step, outcome, load as () => Promise<OperationState>),
  release: (step, outcome, state) => discardRefused(vault, step, outcome, state as OperationState),
  signer: (state, step) => {
    const operation = state as OperationState;
    return operation.status === 'ABSENT' ? undefined : needAt(operation, step)?.need.need.type;
  },
  answered: (state, id) => {
    const operation = state as OperationState;
    return operation.status === 'ABSENT' ? undefined : answerOf(operation, id)?.verdict;
  },
});

/** How the category of a stream keeps requests; undefined for categories that owe nothing. */
export function waitingIn(stream: string, parts: WaitingParts): Waiting | undefined {
  switch (categoryOf(stream)) {
    case 'portfolio':
      return portfolios(parts);
    case 'process':
      return processes;
    case 'operation':
      return operations(parts);
    default:
      return undefined;
  }
}
