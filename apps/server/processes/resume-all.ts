import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import { uuidV5 } from '#platform';
import { processIds } from '#read-models';
import { inRounds, RESUME_ALL } from '#tasks';
import { processStream, type ProcessStarted, type ProcessState, type StartProcess } from '#workflow';
import { requireRunning } from '../composition/engine-lock.js';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import { CommandSender } from '../http/command-sender.js';
import { ResumeAll } from './process.commands.js';

const STATUSES = ['failed', 'waiting', 'api_unavailable', 'inconsistent_data'];
/** A run stands in nobody's way any more when it is over or when its own step has failed. */
const OVER: readonly ProcessState['status'][] = ['completed', 'aborted', 'failed', 'api_unavailable'];
/** Tasks that one call resumes, so that its first event stays far below what an append may hold. */
const MOST = 10_000;

interface Run {
  readonly stream: string;
  readonly commandId: string;
  readonly count: number;
}

const streamOf = (run: number): string => processStream(uuidV5(`${RESUME_ALL}/${run}`));
const busy = () => new Refusal('resume_all_in_progress', 409, 'resuming all processes is in progress already');

/**
 * Resumes every task that does not go on by itself, as the Workflow Orchestrator does: oldest first and in the background, by a task of
 * its own. The id of the task derives from its number, so that of two calls anywhere only one begins the next one (ADR 65).
 */
@CommandHandler(ResumeAll)
export class ResumeAllHandler implements ICommandHandler<ResumeAll> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  /** How many tasks it resumes; a repeat of the last call answers the same. Refusals `engine_paused` 503 and `resume_all_in_progress` 409. */
  async execute({ caller }: ResumeAll): Promise<number> {
    const commandId = this.sender.commandId(caller);
    const last = await this.lastRun();
    const before = await this.run(last);
    if (before?.commandId === commandId) return before.count;
    requireRunning(this.parts);
    if (before !== undefined && !(await this.isOver(before))) throw busy();
    const ids = await processIds(this.parts.readModels, { statuses: STATUSES, isTask: true });
    const meant = ids.slice(0, MOST);
    if (meant.length > 0) await this.begin(streamOf(last + 1), meant, caller, commandId);
    return meant.length;
  }

  private async begin(stream: string, ids: readonly string[], caller: Caller, commandId: string): Promise<void> {
    const make = async (): Promise<StartProcess> => ({
      type: 'StartProcess',
      workflow: RESUME_ALL,
      state: { rounds: inRounds(ids) },
      createdBy: caller.actor,
      time: this.parts.clock.now(),
    });
    await this.sender.send(stream, caller, commandId, null, make);
    // Another call was first with this number, and to it our command was silence.
    if ((await this.runAt(stream))?.commandId !== commandId) throw busy();
  }

  /** Number of the last run, 0 if there was none. They have no gaps: about 2 log2 of it reads find it. */
  private async lastRun(): Promise<number> {
    let above = 1;
    while ((await this.run(above)) !== undefined) above *= 2;
    let last = Math.floor(above / 2);
    while (above - last > 1) {
      const middle = Math.floor((last + above) / 2);
      if ((await this.run(middle)) === undefined) above = middle;
      else last = middle;
    }
    return last;
  }

  private async run(number: number): Promise<Run | undefined> {
    return number === 0 ? undefined : this.runAt(streamOf(number));
  }

  private async runAt(stream: string): Promise<Run | undefined> {
    const [first] = (await this.parts.store.readStream(stream, { limit: 1 })).events;
    if (first === undefined) return undefined;
    const { data, metadata } = this.parts.log.decode(first);
    const { rounds } = (data as ProcessStarted['data']).state as { rounds: readonly (readonly string[])[] };
    return { stream, commandId: metadata.commandId, count: rounds.flat().length };
  }

  private async isOver({ stream }: Run): Promise<boolean> {
    const { state } = await this.parts.runtime.load<ProcessState>(stream);
    return OVER.includes(state.status);
  }
}
