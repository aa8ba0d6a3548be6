import { azurePlanV1, azurePlanV2 } from '#csp';
import { dutyStep, STAGE_EVENTS } from '#portfolio/published';
import { productRegistry } from '#products';
import type { RequestEvents, RequestPolicy } from '#runtime';
import { STEP_EVENTS } from '#workflow/published';
import { COMMANDS, type CommandRow } from './crash-commands.js';
import { flows, type Flow, type FlowName } from './crash-flows.js';
import { COMPENSATION, everyKind, KINDS } from './crash-kinds.js';
import { after, before, projected, shown, type Observation } from './crash-points.js';

/** Every job of the matrix: those, the one with every kind of step, and one for each command. */
export const JOBS: Readonly<Record<string, Flow>> = {
  ...flows,
  every_kind: everyKind,
  ...Object.fromEntries(Object.entries(COMMANDS).map(([name, { flow }]) => [name, flow])),
};

/** The matrix is run in two halves, so that two workers have about as much to do. */
export const PORTFOLIOS: readonly FlowName[] = ['portfolio', 'azure'];
export const PROCESSES: readonly string[] = Object.keys(JOBS).filter(
  (name) => !(PORTFOLIOS as string[]).includes(name),
);

export interface Cell {
  readonly name: string;
  /** Its name among the jobs. */
  readonly flow: string;
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

/** Stages and steps of these flows as the definitions list them. */
export const rows = (flows: readonly FlowName[]): readonly Row[] => ROWS.filter(({ flow }) => flows.includes(flow));

function allRows(): readonly Row[] {
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

const ROWS = allRows();

/** The stages and steps that a run has completed. */
export const recordedSteps = ({ recorded }: { readonly recorded: readonly string[] }): readonly string[] =>
  recorded.filter((each) => /Completed \S/.test(each)).map((each) => each.split(' ')[1]!);

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

function creationOf(flow: string, type: string): readonly Cell[] {
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

const pointed = (flow: string, row: string, points: readonly Observation[]): readonly Cell[] =>
  points.map((point) => ({ name: `${flow} ${row}: ${shown(point)}`, flow, point: () => point }));

/** The command is lost, its answer is, and its rows are. */
const commandCells = (name: string, { records }: CommandRow): readonly Cell[] =>
  records.flatMap((event) => pointed(name, 'command', [before(...event), after(...event), projected(...event)]));

export const cells: readonly Cell[] = [
  ...creationOf('portfolio', 'PortfolioCreated'),
  ...creationOf('azure', 'PortfolioCreated'),
  ...creationOf('create_user_group', 'ProcessStarted'),
  ...ROWS.flatMap(cellsOf),
  ...Object.entries(KINDS).flatMap(([kind, points]) => pointed('every_kind', kind, points)),
  ...pointed('every_kind', 'compensation', COMPENSATION),
  ...Object.entries(COMMANDS).flatMap(([name, row]) => commandCells(name, row)),
];

/** So many of the cells as the seed shuffles them, by a linear congruence. */
export function slice(all: readonly Cell[], seed: number, count: number): readonly Cell[] {
  let state = seed + 1;
  const ranked = all.map((cell) => ({ cell, rank: (state = (state * 48_271 + 11) % 2_147_483_647) }));
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ cell }) => cell);
}
