import type { RecordedEvent } from '#event-store';
import { dutyStep, PORTFOLIO_CATEGORY, stageOfUndo, type PortfolioCreated } from '#portfolio/published';
import { OPERATION_CATEGORY, type OperationEventOf } from '#provisioning/published';
import { PROCESS, type ProcessStarted } from '#workflow/published';
import type { InstanceDoc } from './instance.doc.js';
import type { OpenState } from './request-moves.js';

/** What an event does to the whole of an instance. */
interface Turn {
  /** How the instance has ended. */
  readonly ended?: string;
  /** Whether its time is counted anew: it is on its way back, or retried. */
  readonly anew?: boolean;
  /** Open steps that are out of it, as far as is known; a later event may open them again. */
  readonly closes?: (step: string, state: OpenState) => boolean;
  /** Beginnings of paths: these steps of the way forward count no more, whatever is still told of them. */
  readonly gone?: (data: any) => readonly string[];
}

const everything = () => [''];
const failed = (_: string, state: OpenState) => state === 'failed';
/** Beginning of the steps that a portfolio owes beside its stages. */
export const DUTY = dutyStep('');
/** Of a step that is taken back, and of what is owed beside the steps. */
const isAside = (step: string) => step.startsWith('$') || step.startsWith(DUTY) || isBack(step);
const isBack = (step: string) => stageOfUndo(step) !== undefined || /\/(deprovision|secret)$/.test(step);

/** By category, then by event. */
export const TURNS: Readonly<Record<string, Readonly<Record<string, Turn>>>> = {
  [PORTFOLIO_CATEGORY]: {
    PortfolioCompleted: { ended: 'completed' },
    PortfolioAbandoned: { ended: 'abandoned', gone: everything },
    DeprovisioningRequested: { anew: true, closes: failed },
    PortfolioDeprovisioned: { ended: 'deprovisioned', closes: () => true },
    StagesSetBack: { closes: (step) => !isAside(step) },
  },
  [PROCESS]: {
    ProcessCompleted: { ended: 'completed', gone: everything },
    ProcessAborted: { ended: 'aborted', gone: everything },
    ProcessRefused: { ended: 'refused', gone: everything },
    CompensationStarted: { gone: everything },
    BranchesLeft: { gone: ({ left }) => left },
  },
  [OPERATION_CATEGORY]: {
    ProvisioningStarted: { anew: true },
    DeprovisioningStarted: { anew: true, closes: (step, state) => state === 'failed' && !isBack(step) },
    OperationGivenUp: { closes: failed },
    Provisioned: { ended: 'provisioned', closes: failed },
    ProvisioningFailed: { ended: 'provisioning_failed' },
    Deprovisioned: { ended: 'deprovisioned', closes: failed },
    DeprovisioningFailed: { ended: 'deprovisioning_failed' },
  },
};

/** Whether a step counts no more. */
export const isGone = ({ gone }: InstanceDoc, step: string): boolean =>
  !isAside(step) && gone.some((prefix) => step.startsWith(prefix));

const begins = (kind: string, begun: number, more: Partial<InstanceDoc> = {}): InstanceDoc => ({
  kind,
  isTask: false,
  begun,
  gone: [],
  open: {},
  ...more,
});

/** The document that a first event begins; undefined for any other. */
export function begin({ type, data, metadata }: RecordedEvent): InstanceDoc | undefined {
  const at = metadata.time;
  switch (type) {
    case 'PortfolioCreated':
      return begins((data as PortfolioCreated['data']).csp, at);
    case 'ProcessStarted': {
      const { workflow, isTask } = data as ProcessStarted['data'];
      return begins(workflow, at, { isTask });
    }
    case 'OperationCreated': {
      const { needs } = (data as OperationEventOf<'OperationCreated'>['data']).manifest;
      const types = Object.fromEntries(needs.map((need) => [need.id, need.type]));
      const [first = '*', ...others] = new Set(Object.values(types));
      return begins(others.length === 0 ? first : '*', at, { types });
    }
    default:
      return undefined;
  }
}
