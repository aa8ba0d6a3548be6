import { isRefusal, type Driving, type Failure, type Owed, type Run } from '#kernel';
import { stepOf, type Effect, type EffectCall } from '#runtime';
import { allRows, hasEnded, isLeft, problemOf, type Row, type StartedProcess } from '../../domain/process.state.js';
import type { WorkflowRegistry } from '../../domain/workflow-registry.js';
import { PROCESS, type ResumeProcess } from '../../published/index.js';
import { patternOf } from '../../published/process.values.js';
import { processEffects } from '../step.effect.js';
import { Draft } from './draft.js';
import { Notebook } from './notebook.js';
import { UNTOLD, type PlanPorts, type Stopped, type Untold } from './plan.types.js';
import { stepPlanner } from './step-planner.js';

/** Rounds of what is owed at once; a workflow that begins itself has no end. */
const MOST_ROUNDS = 500;

/**
 * Lets the deciders decide a run on copies of their streams: every step says what it would do instead of doing it, what a process owes
 * beside its steps is done on the copies, and time passes at once.
 */
export class Rehearsal {
  readonly notebook: Notebook;
  readonly draft: Draft;
  private readonly effects: ReadonlyMap<string, Effect>;
  private now: number;

  constructor(
    registry: WorkflowRegistry,
    private readonly ports: PlanPorts,
  ) {
    this.now = ports.now;
    this.notebook = new Notebook(registry);
    this.draft = new Draft(ports, (...noticed) => this.notebook.notice(...noticed));
    const clock = { now: () => this.now, after: () => () => undefined };
    const all = processEffects(registry, { clock, dispatcher: () => this.draft }, stepPlanner(this.notebook));
    this.effects = new Map(all.map((each) => [each.name, each]));
  }

  /** Until nothing is owed any more, or nobody can tell how it goes on. */
  async run(): Promise<Stopped | null> {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const due = await this.due();
      if (due.length === 0 && !(await this.wentOn())) return this.openEnd();
      for (const [stream, run] of due) this.begin(stream, run);
      for (const [stream, run] of due) {
        const stopped = await this.attempt(stream, run);
        if (stopped !== undefined) return stopped;
      }
    }
    return { step: this.notebook.steps.at(-1)?.key ?? '', ...untold('plan_too_long') };
  }

  private async processes(): Promise<readonly (readonly [string, StartedProcess])[]> {
    const all = [...this.notebook.processes.keys()];
    return Promise.all(
      all.map(async (stream) => [stream, (await this.draft.load<StartedProcess>(stream)).state] as const),
    );
  }

  private async owed(): Promise<readonly (readonly [string, Owed])[]> {
    const { next } = this.ports.deciders[PROCESS]!;
    return (await this.processes()).flatMap(([stream, state]) =>
      (next!(state) as readonly Owed[]).map((each) => [stream, each] as const),
    );
  }

  /** Reads without an intent, as a look at a child, bring nothing that is not told anyway. */
  private async due(): Promise<readonly (readonly [string, Run])[]> {
    const all = await this.owed();
    return all.filter((each): each is readonly [string, Run] => each[1].kind === 'run' && each[1].intent !== undefined);
  }

  /** What begins at once begins before any of it ends. */
  private begin(stream: string, { intent }: Run): void {
    const by = { owner: 'plan', until: this.now, time: this.now, tokenKey: '' };
    this.draft.fold(stream, [intent!(by)]);
  }

  private async attempt(stream: string, run: Run): Promise<Stopped | undefined> {
    const { key, attempt } = run;
    const path = stepOf(key);
    this.notebook.turnTo(stream, path);
    try {
      const outcome = await this.effects.get(run.effect)!.run(this.call(stream, run));
      if (outcome.kind === 'failed') return this.stoppedAt(stream, path, outcome.failure);
      const told: Driving = { type: 'Outcome', key, attempt, outcome, time: this.now, jitter: 0 };
      await this.draft.dispatch(stream, told);
    } catch (error) {
      if (!isRefusal(error) || error.code === 'cannot_plan') throw error;
      if (error.status >= 500 && !this.draft.decided(error)) throw error;
      return this.stoppedAt(stream, path, error);
    }
    const { state } = await this.draft.load<StartedProcess>(stream);
    const problem = problemOf(state);
    return problem && this.stoppedAt(stream, problem.step, problem.failure);
  }

  private stoppedAt(stream: string, path: string, { code, message }: Pick<Failure, 'code' | 'message'>): Stopped {
    return { step: this.notebook.keyOf(stream, path), code, reason: message };
  }

  private call(stream: string, { key, attempt, input }: Run): EffectCall {
    const from = { actor: 'plan', tenant: 'plan', correlationId: stream, callbackUrl: '', signal: this.ports.signal };
    return { stream, key, attempt, input, idempotencyKey: `${stream}/${key}`, ...from };
  }

  /** The next sleep ends, or a person answers whose answer is known. */
  private async wentOn(): Promise<boolean> {
    const rows = (await this.rows()).filter(([, { status }]) => status === 'suspended' || status === 'sleeping');
    const answered = rows.find(([, { step }]) => this.answer(step) !== undefined);
    const sleeping = rows.flatMap(([stream, row]) => (row.status === 'sleeping' ? [{ stream, ...row }] : []));
    const first = sleeping.sort((a, b) => a.until - b.until)[0];
    if (answered !== undefined) await this.draft.dispatch(answered[0], this.resume(answered[1].step));
    else if (first !== undefined) await this.wake(first);
    return answered !== undefined || first !== undefined;
  }

  private async wake({ stream, step, until }: { stream: string; step: string; until: number }): Promise<void> {
    this.now = Math.max(this.now, until);
    const due: Driving = { type: 'Due', key: `${step}/1`, time: this.now, jitter: 0 };
    await this.draft.dispatch(stream, due);
  }

  private answer(step: string) {
    return this.ports.answers?.[step] ?? this.ports.answers?.[patternOf(step)];
  }

  private resume(step: string): ResumeProcess {
    return { type: 'ResumeProcess', step, input: this.answer(step)!, by: 'plan', time: this.now };
  }

  /** Those that have not come to an end, the deepest sub-workflow first. */
  private async open(): Promise<readonly (readonly [string, StartedProcess])[]> {
    return (await this.processes()).filter(([, state]) => !hasEnded(state)).reverse();
  }

  /** Rows of their steps that count. */
  private async rows(): Promise<readonly (readonly [string, Row])[]> {
    return (await this.open()).flatMap(([stream, state]) =>
      allRows(state).flatMap((row) => (isLeft(state, row.step) ? [] : [[stream, row] as const])),
    );
  }

  /** Where it stands when nothing is owed and nothing goes on by itself. */
  private async openEnd(): Promise<Stopped | null> {
    for (const [stream, state] of await this.open()) {
      const problem = problemOf(state);
      if (problem !== undefined) return this.stoppedAt(stream, problem.step, problem.failure);
    }
    for (const [stream, { step, status }] of await this.rows()) {
      const why = WAITS[status];
      if (why !== undefined) return { step: this.notebook.keyOf(stream, step), ...untold(why) };
    }
    return null;
  }
}

const WAITS: Readonly<Partial<Record<Row['status'], Untold>>> = {
  suspended: 'waits_for_person',
  accepted: 'waits_for_answer',
};
const untold = (code: Untold) => ({ code, reason: UNTOLD[code] });
