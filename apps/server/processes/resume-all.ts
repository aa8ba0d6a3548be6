import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import { processIds } from '#read-models';
import { processStream, type ResumeProcess as Resume } from '#workflow';
import { uuidV5 } from '#platform';
import { requireRunning } from '../composition/engine-lock.js';
import { Parts } from '../composition/parts.js';
import { CommandSender } from '../http/command-sender.js';
import { ResumeAll } from './process.commands.js';

const STATUSES = ['failed', 'waiting', 'api_unavailable', 'inconsistent_data'];

/** Resumes every task that does not go on by itself, as the Workflow Orchestrator does: oldest first, in the background, one call at a time. */
@CommandHandler(ResumeAll)
export class ResumeAllHandler implements ICommandHandler<ResumeAll> {
  private busy = false;

  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  /** Refusals `engine_paused` 503 and `resume_all_in_progress` 409. */
  async execute({ caller }: ResumeAll): Promise<number> {
    requireRunning(this.parts);
    if (this.busy) throw new Refusal('resume_all_in_progress', 409, 'resuming all processes is in progress already');
    this.busy = true;
    try {
      const ids = await processIds(this.parts.readModels, { statuses: STATUSES, isTask: true });
      void this.resume(ids, caller).finally(() => (this.busy = false));
      return ids.length;
    } catch (error) {
      this.busy = false;
      throw error;
    }
  }

  /** One that cannot be resumed any more, or not here, does not keep the others from it. */
  private async resume(ids: readonly string[], caller: ResumeAll['caller']): Promise<void> {
    const own = this.sender.commandId(caller);
    for (const id of ids) {
      const command: Resume = { type: 'ResumeProcess', by: caller.actor, time: this.parts.clock.now() };
      const commandId = uuidV5(JSON.stringify([own, id]));
      const each = { ...caller, idempotencyKey: undefined };
      await this.sender
        .send(processStream(id), each, commandId, null, async () => command)
        .catch((error: unknown) => this.parts.logger.warn({ err: error, process: id }, 'not resumed with the others'));
    }
  }
}
