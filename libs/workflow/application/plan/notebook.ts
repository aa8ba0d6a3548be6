import { categoryOf, idOf } from '#event-store';
import type { DomainEvent } from '#kernel';
import { stepOf } from '#runtime';
import { fieldChanges, SUBSCRIPTION } from '#subscription/published';
import { leafAt } from '../../domain/compiled.js';
import type { PlannedEffect } from '../../domain/plan.types.js';
import { isDuty, type ProcessState, type StartedProcess } from '../../domain/process.state.js';
import type { WorkflowRegistry } from '../../domain/workflow-registry.js';
import { PROCESS, STEP_EVENTS } from '../../published/index.js';
import type { PlannedChange, PlannedStep } from './plan.types.js';

/** What a step waits for, by the event that says that it has been reached. */
const REACHED: Readonly<Record<string, PlannedStep['waits_for']>> = {
  [STEP_EVENTS.started]: null,
  StepSuspended: 'person',
  StepSleeping: 'time',
};

type Noted = PlannedStep & { readonly effects: PlannedEffect[]; readonly changes: PlannedChange[] };

/** Writes down what comes to pass in a rehearsal, in the words of a plan. */
export class Notebook {
  readonly steps: Noted[] = [];
  /** Processes that have begun, the root first, with what the paths of their steps begin with. */
  readonly processes = new Map<string, string>();
  private current: Noted | undefined;
  private readonly touched = new Map<string, { readonly before: object | undefined; after: object }>();

  constructor(private readonly registry: WorkflowRegistry) {}

  /** Whatever comes now is done by the step at a path of a process. */
  turnTo(stream: string, path: string): void {
    const key = this.keyOf(stream, path);
    this.current = this.steps.find((each) => each.key === key);
  }

  /** Key of the step that does something now. */
  get here(): string {
    return this.current?.key ?? '';
  }

  effects(effects: readonly PlannedEffect[]): void {
    this.current?.effects.push(...effects);
  }

  /** What has become of a stream. */
  notice(stream: string, events: readonly DomainEvent[], before: object, after: object): void {
    if (categoryOf(stream) === PROCESS) this.process(stream, events, after as ProcessState);
    if (categoryOf(stream) === SUBSCRIPTION) this.subscription(stream, present(before), after);
  }

  /** Of all subscriptions, from before to now. */
  get changes(): readonly PlannedChange[] {
    return [...this.touched].flatMap(([stream, { before, after }]) => changesOf(stream, before, after));
  }

  keyOf(stream: string, path: string): string {
    return `${this.processes.get(stream) ?? ''}${path}`;
  }

  private process(stream: string, events: readonly DomainEvent[], state: ProcessState): void {
    if (state.status === 'none') return;
    if (!this.processes.has(stream)) this.processes.set(stream, this.prefixOf(state));
    for (const { type, data } of events) {
      const waits_for = REACHED[type];
      const { step: path } = data as { step: string };
      if (waits_for === undefined || isDuty(path)) continue;
      const name = leafAt(this.registry.carrying(state).compiled, path)?.node.name ?? path;
      this.steps.push({ key: this.keyOf(stream, path), name, effects: [], changes: [], waits_for });
    }
  }

  /** A key of a request is its step's path and its generation. */
  private prefixOf({ parent }: StartedProcess): string {
    return parent === undefined ? '' : `${this.keyOf(parent.stream, stepOf(parent.key))}/`;
  }

  private subscription(stream: string, before: object | undefined, after: object): void {
    this.current?.changes.push(...changesOf(stream, before, after));
    const known = this.touched.get(stream);
    if (known === undefined) this.touched.set(stream, { before, after });
    else known.after = after;
  }
}

/** A subscription that is not there yet has no fields. */
const present = (state: object): object | undefined =>
  (state as { readonly status: string }).status === 'none' ? undefined : state;

const changesOf = (stream: string, before: object | undefined, after: object): PlannedChange[] =>
  fieldChanges(before, after).map((each) => ({ subscription_id: idOf(stream), ...each }));
