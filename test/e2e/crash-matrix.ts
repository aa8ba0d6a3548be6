import { azurePlanV1, azurePlanV2 } from '#csp';
import { dutyStep, STAGE_EVENTS } from '#portfolio/published';
import { productRegistry } from '#products';
import type { RequestEvents, RequestPolicy } from '#runtime';
import { STEP_EVENTS } from '#workflow/published';

/** `portfolio` is on version 1 of the plan, `azure` on version 2 with its 22 stages and the notice after them. */
export type FlowName = 'portfolio' | 'azure' | 'create_user_group';
export const FLOWS: readonly FlowName[] = ['portfolio', 'azure', 'create_user_group'];

/** What test/e2e/crash-point.mjs writes down and is told to end at; absent fields fit everything. */
export interface Observation {
  readonly at: 'before append' | 'after append' | 'projection' | 'before call' | 'after call';
  readonly type?: string;
  readonly step?: string;
}

export interface Cell {
  readonly name: string;
  readonly flow: FlowName;
  /** Absent for the creation of the instance. */
  readonly step?: string;
  /** `calls`: whether this step was seen to call outside in an undisturbed run. */
  readonly point: (calls: boolean) => Observation;
}

interface Row {
  readonly flow: FlowName;
  readonly step: string;
  readonly events: RequestEvents;
  readonly waits: boolean;
}

const stageRow = (flow: FlowName, step: string, waits: boolean): Row => ({ flow, step, events: STAGE_EVENTS, waits });

/** Stages and steps as the definitions list them. */
export function rows(): readonly Row[] {
  const { workflows } = productRegistry({ directory: {} as never, network: {} as never });
  const workflow = workflows.latest('create_user_group')!;
  const waits = ({ completion }: RequestPolicy): boolean => completion.kind !== 'at_once';
  return [
    ...azurePlanV1.stages.map(({ name, policy }) => stageRow('portfolio', name, waits(policy))),
    ...azurePlanV2.stages.map(({ name, policy }) => stageRow('azure', name, waits(policy))),
    stageRow('azure', dutyStep('NOTICE'), false),
    ...workflow.pinned.map(({ key }) => ({
      flow: 'create_user_group' as const,
      step: key,
      events: STEP_EVENTS,
      waits: waits(workflow.leaves.get(key)!.policy),
    })),
    // What every process owes at its end.
    { flow: 'create_user_group', step: '$release', events: STEP_EVENTS, waits: false },
  ];
}

/**
 * The cells of a step. One without a call outside stands before its handler instead of before its call, and after the handler (its
 * messages to other streams sent, its outcome not recorded) instead of after its call.
 */
function cellsOf({ flow, step, events, waits }: Row): readonly Cell[] {
  const cell = (column: string, point: Cell['point']): Cell => ({
    name: `${flow} ${step}: ${column}`,
    flow,
    step,
    point,
  });
  const started: Observation = { at: 'after append', type: events.started, step };
  const decided: Observation = { at: 'before append', type: events.completed, step };
  return [
    cell('before the call', (calls) => (calls ? { at: 'before call', step } : started)),
    cell('after the call', (calls) => (calls ? { at: 'after call', step } : decided)),
    ...(waits
      ? [
          cell('after the append of the acceptance', () => ({ at: 'after append', type: events.accepted, step })),
          cell('after the awaited answer', () => decided),
        ]
      : []),
    cell('after the append', () => ({ at: 'after append', type: events.completed, step })),
    cell('during the projection', () => ({ at: 'projection', type: events.completed, step })),
  ];
}

function creationOf(flow: FlowName, type: string): readonly Cell[] {
  const cell = (column: string, at: Observation['at']): Cell => ({
    name: `${flow} creation: ${column}`,
    flow,
    point: () => ({ at, type }),
  });
  return [
    cell('before the append', 'before append'),
    cell('after the append', 'after append'),
    cell('during the projection', 'projection'),
  ];
}

export const cells: readonly Cell[] = [
  ...creationOf('portfolio', 'PortfolioCreated'),
  ...creationOf('azure', 'PortfolioCreated'),
  ...creationOf('create_user_group', 'ProcessStarted'),
  ...rows().flatMap(cellsOf),
];

/** So many cells as the seed shuffles them, by a linear congruence. */
export function slice(seed: number, count: number): readonly Cell[] {
  let state = seed + 1;
  const ranked = cells.map((cell) => ({ cell, rank: (state = (state * 48_271 + 11) % 2_147_483_647) }));
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ cell }) => cell);
}
