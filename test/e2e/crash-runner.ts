import { expect } from '@jest/globals';
import { answers, appliedSince, type Flow, LISTS, normalised, recorded, views } from './crash-flows.js';
import { type Cell, JOBS } from './crash-matrix.js';
import { type Trace, Victim } from './crash-victim.js';
import type { Answer } from './world.js';

/** What one run of a job leaves behind, without what belongs to that run and what was there before. */
export interface Outcome {
  readonly shown: string;
  readonly applied: Record<string, number>;
  readonly recorded: readonly string[];
}
export type Undisturbed = Outcome & { readonly trace: Trace };

/** What log, world outside and lists held before a job. */
interface Before {
  readonly position: number;
  readonly seq: number;
  readonly lists: Readonly<Record<string, string>>;
}

/** Runs jobs one after the other, undisturbed or killed at the point of a cell, on one data directory. */
export class CrashRunner {
  private jobs = 0;
  private readonly runs = new Map<string, Promise<Undisturbed>>();
  /** What was shown of the jobs that were killed during a projection. */
  private readonly shown = new Map<string, { job: Flow; id: string; views: Record<string, string> }>();
  private constructor(private readonly victim: Victim) {}

  static async start(): Promise<CrashRunner> {
    return new CrashRunner(await Victim.start());
  }

  stop(): Promise<void> {
    return this.victim.stop();
  }

  private get world() {
    return this.victim.world;
  }

  /** Each job runs once without a crash, when the first of its cells asks. */
  undisturbed(name: string): Promise<Undisturbed> {
    const known = this.runs.get(name) ?? this.undisturbedRun(JOBS[name]!);
    this.runs.set(name, known);
    return known;
  }

  private async undisturbedRun(job: Flow): Promise<Undisturbed> {
    const mark = this.mark();
    const before = await this.before();
    this.victim.watch(before.position);
    const { id } = (await job.start(this.world, mark)).body;
    await job.ended(this.world, id);
    const outcome = await this.outcome(job, id, mark, before);
    const trace = this.victim.trace();
    this.victim.unwatch();
    return { ...outcome, trace };
  }

  /** Kills the server at the cell's point and holds what becomes of the job against its undisturbed run. Returns where it was killed. */
  async survives(cell: Cell): Promise<string> {
    try {
      const { trace: usual, ...wanted } = await this.undisturbed(cell.flow);
      const job = JOBS[cell.flow]!;
      const mark = this.mark();
      const before = await this.before();
      const { answer, reached } = await this.crash(cell, mark, before, usual);
      await this.victim.heir();
      const again = await job.start(this.world, mark);
      expect([201, 202]).toContain(again.status);
      if (answer) expect(again.body).toEqual(answer.body);
      const { id } = again.body;
      await job.ended(this.world, id);
      expect(await this.outcome(job, id, mark, before)).toEqual(wanted);
      expect((await this.world.api('GET', '/api/audit/verify')).body.ok).toBe(true);
      if (cell.name.includes('projection')) this.shown.set(cell.name, { job, id, views: await this.ownViews(job, id) });
      return reached;
    } catch (error) {
      // What it left unfinished is not to fail the cells that follow.
      this.shown.clear();
      await this.victim.anew();
      throw error;
    }
  }

  /** Lets the server run into the point and die there; fails when it did not come so far. */
  private async crash({ flow, step, point }: Cell, mark: string, { position }: Before, usual: Trace) {
    const wanted = point(usual.some((seen) => seen.at === 'before call' && seen.step === step));
    let answer: Answer | undefined;
    const talk = async () => {
      answer = await JOBS[flow]!.start(this.world, mark);
      await JOBS[flow]!.ended(this.world, answer.body.id);
    };
    this.victim.watch(position, wanted);
    // Whoever talks to it hears no more of it from then on.
    const trace = await this.victim.dies(talk());
    const last = trace.find(({ fits }) => fits);
    expect(last).toMatchObject(wanted);
    // From its beginning: it was this job that the server was at.
    expect({ ...trace[0], fits: false }).toEqual(usual[0]);
    return { answer, reached: `killed ${last?.at} ${last?.type}` };
  }

  /**
   * Deletes the views, lets the server build them anew from the log, and holds them against what was shown of the jobs that were killed
   * during a projection, and against what all lists and counts showed.
   */
  async expectReplayShowsTheSame(): Promise<void> {
    const lists = await answers(this.world, LISTS);
    await this.world.rebuildViews();
    expect(await answers(this.world, LISTS)).toEqual(lists);
    for (const [cell, { job, id, views }] of this.shown)
      expect({ cell, views: await this.ownViews(job, id) }).toEqual({ cell, views });
  }

  /** Without the lists, which later jobs change. */
  private async ownViews(job: Flow, id: string): Promise<Record<string, string>> {
    const all = Object.entries(await views(this.world, job, id));
    return Object.fromEntries(all.filter(([path]) => !LISTS.includes(path)));
  }

  private mark = (): string => `crash${++this.jobs}`;

  /** Until the views hold what the log does: a job that has ended in its detail may not have in the lists. */
  private async caughtUp(): Promise<number> {
    const { position } = (await this.world.api('GET', '/api/audit/verify')).body;
    await this.world.api('GET', `/api/dashboards/overview?min_position=${position}`);
    return position;
  }

  private async before(): Promise<Before> {
    const position = await this.caughtUp();
    const seq = (await this.world.ledger()).at(-1)?.seq ?? 0;
    return { position, seq, lists: await answers(this.world, LISTS) };
  }

  private async outcome(job: Flow, id: string, mark: string, { position, seq, lists }: Before): Promise<Outcome> {
    await this.caughtUp();
    const all = await recorded(this.world, job, id, position);
    return {
      shown: normalised(await views(this.world, job, id), mark, lists),
      applied: await appliedSince(this.world, seq),
      recorded: job.branches === true ? [...all].sort() : all,
    };
  }
}
