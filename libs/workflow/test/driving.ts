import type { Driving, Outcome, Owed, Run } from '#kernel';
import {
  processDecider,
  WorkflowRegistry,
  type ProcessCommand,
  type ProcessEvent,
  type ProcessState,
  type StartedProcess,
  type WorkflowDefinition,
} from '../index.js';

/** One process, decided by hand: what is owed is begun and answered by the test, at the time it says. */
export class Driven {
  state: ProcessState;
  readonly events: ProcessEvent[] = [];
  time = 1;
  private decider;

  constructor(...definitions: readonly WorkflowDefinition[]) {
    this.decider = processDecider(new WorkflowRegistry(definitions));
    this.state = this.decider.initial();
  }

  /** The same process with other code. */
  deploy(...definitions: readonly WorkflowDefinition[]): this {
    this.decider = processDecider(new WorkflowRegistry(definitions));
    return this;
  }

  begin(workflow: string, state: object = {}, more: object = {}): this {
    const about = { state: { ...state }, createdBy: 'ann', ...more };
    return this.send({ type: 'StartProcess', workflow, ...about, time: this.time });
  }

  send(command: ProcessCommand | Driving): this {
    for (const event of this.decider.decide(command, this.state)) this.fold(event);
    return this;
  }

  fold(event: ProcessEvent): void {
    this.events.push(event);
    this.state = this.decider.evolve(this.state, event);
  }

  get owed(): readonly Owed[] {
    return this.decider.next(this.state);
  }
  get keys(): readonly string[] {
    return this.owed.map(({ key }) => key);
  }
  get started(): StartedProcess {
    return this.state as StartedProcess;
  }
  get types(): readonly string[] {
    return this.events.map(({ type }) => type);
  }

  run(key?: string): Run {
    return this.owed.find((each): each is Run => each.kind === 'run' && (key === undefined || each.key === key))!;
  }

  /** An attempt leaves. */
  intend(key?: string, until = this.time + 10): Run {
    const run = this.run(key);
    if (run.intent) this.fold(run.intent({ owner: 'o', until, time: this.time, tokenKey: 'k' }) as ProcessEvent);
    return run;
  }

  answer({ key, attempt }: { key: string; attempt: number }, outcome: Outcome): this {
    return this.send({ type: 'Outcome', key, attempt, outcome, time: this.time, jitter: 0 });
  }

  callback(key: string, outcome: Outcome): this {
    const said = { type: 'Outcome', key, attempt: 0, outcome, via: 'callback', callbackId: key } as const;
    return this.send({ ...said, time: this.time, jitter: 0 });
  }

  done(key?: string, result: object = {}): this {
    return this.answer(this.intend(key), { kind: 'done', result });
  }

  failed(key?: string, failure: object = {}): this {
    return this.answer(this.intend(key), {
      kind: 'failed',
      failure: { kind: 'refused', code: 'no', message: 'no', ...failure },
    });
  }

  due(key: string): this {
    return this.send({ type: 'Due', key, time: this.time, jitter: 0 });
  }

  resume(more: object = {}): this {
    return this.send({ type: 'ResumeProcess', time: this.time, ...more });
  }
}

export const meta = { version: 1, target: 'SYSTEM', description: 'test' } as const;
