import { Command, CommandHandler, Query, QueryHandler, type ICommandHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import { uuidV5 } from '#platform';
import { listSchedules, schedulesOf, type Range, type ScheduleItem, type Slice } from '#read-models';
import { scheduleStream, type ScheduleCommand, type ScheduleState, type TriggerTerms } from '#schedule';
import { evaluateForm, mayStart, type WorkflowDefinition } from '#workflow';
import { DECISION_MS, viewsCaughtUp } from '../composition/own-writes.js';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import { CommandSender, type Accepted } from '../http/command-sender.js';
import { formAnswer } from '../processes/form-answer.js';
import { formLiveData } from '../processes/form-live-data.js';
import { withWorkflowId } from '../processes/process.wire.js';
import { catalogueId } from '../products/catalogue.views.js';
import { StartRules } from '../subscriptions/start-rules.js';
import { asRefusal } from './form-refusal.js';
import type { ChangeScheduleDto, CreateScheduleDto, DeleteScheduleDto } from './schedule.dto.js';

const as = (command: ScheduleCommand): ScheduleCommand => command;
const workflowId = (name: string): string => catalogueId('workflow', name);
const missing = () => new Refusal('schedule_not_found', 404, 'Schedule does not exist');

export class CreateSchedule extends Command<Accepted> {
  constructor(
    readonly body: CreateScheduleDto,
    readonly caller: Caller,
  ) {
    super();
  }
}
export class ChangeSchedule extends Command<Accepted> {
  constructor(
    readonly body: ChangeScheduleDto,
    readonly caller: Caller,
  ) {
    super();
  }
}
/** Answers the position behind the last of them. */
export class DeleteSchedules extends Command<number> {
  constructor(
    readonly body: DeleteScheduleDto,
    readonly caller: Caller,
  ) {
    super();
  }
}
export type ListedSchedule = ScheduleItem & { readonly workflow_id: string };
export class ListSchedules extends Query<Slice<ListedSchedule>> {
  constructor(readonly range: Range | undefined) {
    super();
  }
}

@CommandHandler(CreateSchedule)
export class CreateScheduleHandler implements ICommandHandler<CreateSchedule> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
    private readonly rules: StartRules,
  ) {}

  /** Refusals `unknown_task` 404, `start_forbidden` 403, `invalid_user_inputs` and `invalid_trigger` 422. */
  execute({ body, caller }: CreateSchedule): Promise<Accepted> {
    const id = this.sender.commandId(caller);
    const {
      workflow_name: workflow,
      name = workflow,
      trigger,
      trigger_kwargs: kwargs = {},
      missed,
      user_inputs,
    } = body;
    const make = async () => {
      const pages = user_inputs === undefined || user_inputs.length === 0 ? [{}] : user_inputs;
      const task = this.task(body);
      await this.admit(task, pages, caller);
      const about = { name, workflow: task.key, terms: { trigger, kwargs }, missed, pages };
      return as({ type: 'CreateSchedule', ...about, by: caller.actor, time: this.parts.clock.now() });
    };
    return this.sender.send(scheduleStream(id), caller, id, body, make);
  }

  private task({ workflow_name, workflow_id }: CreateScheduleDto): WorkflowDefinition {
    const found = this.parts.workflows.latest(workflow_name)?.definition;
    if (found?.isTask === true && workflowId(workflow_name) === workflow_id.toLowerCase()) return found;
    throw new Refusal('unknown_task', 404, 'Task does not exist');
  }

  /** As a start would be, but for what holds at the moment only. */
  private async admit({ key }: WorkflowDefinition, pages: readonly unknown[], caller: Caller): Promise<void> {
    const { actor, tenant } = caller;
    if (!(await mayStart(this.parts.workflows.latest(key)!, { actor, tenant })))
      throw new Refusal('start_forbidden', 403, 'You may not start this workflow');
    const now = formLiveData(this.parts, this.rules, key);
    // A fault that tells what is in the way (its ctx) may be over when the run is due.
    const lasting: typeof now.startFaults = async (...of) =>
      (await now.startFaults(...of)).filter(({ ctx }) => ctx === undefined);
    const result = await evaluateForm(this.parts.formOf(key), pages, { ...now, startFaults: lasting });
    if (result.kind !== 'complete') asRefusal(formAnswer(result));
  }
}

@CommandHandler(ChangeSchedule)
export class ChangeScheduleHandler implements ICommandHandler<ChangeSchedule> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  /** Refusals `schedule_not_found` 404 and `invalid_trigger` 422. */
  execute({ body, caller }: ChangeSchedule): Promise<Accepted> {
    const { schedule_id, name, missed } = body;
    const about = { name, missed, terms: termsOf(body) };
    const make = async () => as({ type: 'ChangeSchedule', ...about, by: caller.actor, time: this.parts.clock.now() });
    return this.sender.send(scheduleStream(schedule_id), caller, this.sender.commandId(caller), body, make);
  }
}

function termsOf({ trigger, trigger_kwargs: kwargs }: ChangeScheduleDto): TriggerTerms | undefined {
  if (trigger !== undefined) return { trigger, kwargs: kwargs ?? {} };
  if (kwargs === undefined) return undefined;
  const fault = { pointer: '/trigger', message: 'must be given with trigger_kwargs' };
  throw new Refusal('invalid_trigger', 422, 'the schedule has no valid trigger', {}, [fault]);
}

@CommandHandler(DeleteSchedules)
export class DeleteSchedulesHandler implements ICommandHandler<DeleteSchedules> {
  constructor(
    private readonly parts: Parts,
    private readonly sender: CommandSender,
  ) {}

  /** Refusal `schedule_not_found` 404 when there is none. */
  async execute({ body, caller }: DeleteSchedules): Promise<number> {
    const own = this.sender.commandId(caller);
    let position = 0;
    for (const id of await this.meant(body)) {
      const make = async () => as({ type: 'DeleteSchedule', by: caller.actor, time: this.parts.clock.now() });
      const commandId = uuidV5(JSON.stringify([own, id]));
      position = (await this.sender.send(scheduleStream(id), caller, commandId, body, make)).position;
    }
    if (position === 0) throw missing();
    return position;
  }

  private async meant({ workflow_id, schedule_id }: DeleteScheduleDto): Promise<readonly string[]> {
    const { runtime, workflows, readModels } = this.parts;
    if (schedule_id === undefined) {
      const task = workflows.all().find(({ key }) => workflowId(key) === workflow_id.toLowerCase());
      if (task === undefined) return [];
      await viewsCaughtUp(this.parts, DECISION_MS);
      return schedulesOf(readModels, task.key);
    }
    const { state } = await runtime.load<ScheduleState>(scheduleStream(schedule_id));
    return state.status !== 'none' && workflowId(state.workflow) === workflow_id.toLowerCase() ? [schedule_id] : [];
  }
}

@QueryHandler(ListSchedules)
export class ListSchedulesHandler implements IQueryHandler<ListSchedules> {
  constructor(private readonly parts: Parts) {}

  async execute({ range }: ListSchedules) {
    const { items, ...place } = await listSchedules(this.parts.readModels, range);
    return { items: items.map(withWorkflowId), ...place };
  }
}

export const scheduleHandlers = [
  CreateScheduleHandler,
  ChangeScheduleHandler,
  DeleteSchedulesHandler,
  ListSchedulesHandler,
];
