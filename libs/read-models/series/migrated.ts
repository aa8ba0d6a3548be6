import type { RecordedEvent } from '#event-store';
import type { PortfolioEvent } from '#portfolio/published';
import { movedPath, type ProcessEventOf } from '#workflow/published';
import { renamedAgain } from '../processes/began-as.js';
import type { InstanceDoc, OpenStep } from './instance.doc.js';
import { DUTY } from './lifecycle.js';

/** Where a step is after a migration; undefined when it is gone. */
type Moved = (step: string) => string | undefined;

/** The document after a migration; undefined for any other event. */
export function moved(doc: InstanceDoc, { type, data }: RecordedEvent): InstanceDoc | undefined {
  if (type === 'PlanMigrated') return { ...doc, open: openAt(doc, inPlan(data as PlanMigrated)) };
  if (type !== 'ProcessMigrated') return undefined;
  const { keys } = data as ProcessEventOf<'ProcessMigrated'>['data'];
  const to: Moved = (step) => movedPath(keys, step);
  const { renamed = {}, open } = doc;
  const begun = Object.keys(open).filter((step) => hasBegun(open[step]!));
  const all = new Set([...Object.values(renamed), ...begun]);
  return { ...doc, open: openAt(doc, to), renamed: renamedAgain(renamed, all, to) };
}

/** Whether a request began under its path. A form and a sleep have none: their events tell the present path. */
const hasBegun = ({ state }: OpenStep): boolean => state !== 'suspended' && state !== 'sleeping';

function openAt({ open }: InstanceDoc, to: Moved): InstanceDoc['open'] {
  const all = Object.entries(open).map(([step, value]) => [to(step), value] as const);
  return Object.fromEntries(all.filter((each): each is readonly [string, OpenStep] => each[0] !== undefined));
}

type PlanMigrated = Extract<PortfolioEvent, { type: 'PlanMigrated' }>['data'];

/** No stage is under way meanwhile, and whatever comes of one tells the other plan's name. */
function inPlan({ stages }: PlanMigrated): Moved {
  return (step) => {
    if (step.startsWith(DUTY)) return step;
    const [stage, ...rest] = step.split('/');
    return Object.hasOwn(stages, stage!) ? [stages[stage!], ...rest].join('/') : undefined;
  };
}
