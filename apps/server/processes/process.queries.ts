import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { isUUID } from 'class-validator';
import { Refusal } from '#kernel';
import {
  countProcesses,
  LACKS_CODE,
  listProcesses,
  process,
  type ProcessCounts,
  type ProcessDetail,
  type ListQuery,
  type ProcessItem,
  type Slice,
} from '#read-models';
import { leftOver, processStream, STEP_STATES, type LeftOver, type ProcessState, type StartedProcess } from '#workflow';
import { findShown } from '../composition/own-writes.js';
import { Parts } from '../composition/parts.js';
import { ResumeForm } from './resume-form.js';
import { withWorkflowId } from './process.wire.js';

export class ListProcesses extends Query<Slice<ProcessItem>> {
  constructor(readonly query: ListQuery) {
    super();
  }
}
export class GetProcess extends Query<ProcessDetail> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(ListProcesses)
export class ListProcessesHandler implements IQueryHandler<ListProcesses> {
  constructor(private readonly parts: Parts) {}

  async execute({ query }: ListProcesses) {
    const { items, ...place } = await listProcesses(this.parts.readModels, query);
    return { items: items.map(withWorkflowId), ...place };
  }
}

export class CountProcesses extends Query<ProcessCounts> {}

@QueryHandler(CountProcesses)
export class CountProcessesHandler implements IQueryHandler<CountProcesses> {
  constructor(private readonly parts: Parts) {}

  execute() {
    return countProcesses(this.parts.readModels);
  }
}

@QueryHandler(GetProcess)
export class GetProcessHandler implements IQueryHandler<GetProcess> {
  constructor(
    private readonly parts: Parts,
    private readonly forms: ResumeForm,
  ) {}

  async execute({ id }: GetProcess) {
    if (!isUUID(id, 'all')) throw new Refusal('uuid_expected', 422, 'the id of a process is a UUID');
    const found = await findShown(this.parts, processStream(id), () => process(this.parts.readModels, id));
    if (found === undefined) throw new Refusal('process_not_found', 404, 'there is no such process');
    return withWorkflowId({ ...found, left_over: [], ...(await this.fromItsStream(found)) });
  }

  /** What no view has, and needs the code that the process runs: the form that waits, and what came to pass outside and is in no state. */
  private async fromItsStream({
    process_id,
    last_status,
    steps,
  }: ProcessDetail): Promise<Partial<ProcessDetail> & Left> {
    // An event without its code cannot be folded.
    if (last_status === LACKS_CODE) return {};
    // Of one that has completed only a step that was passed over can have left something.
    if (last_status === 'completed' && !steps.some(({ status }) => status === STEP_STATES.skipped.row)) return {};
    const { runtime, workflows } = this.parts;
    const { state } = await runtime.load<ProcessState>(processStream(process_id));
    if (state.status === 'none') return {};
    // Law 8: the definition an unfinished process is pinned to may be missing here, or have other steps.
    if (!workflows.carries(state)) return { last_status: LACKS_CODE };
    const left_over = leftOver(workflows.carrying(state).compiled, state);
    return { form: await this.form(process_id, state), left_over };
  }

  /** A form that cannot be made, as when its code throws, keeps nobody from seeing the process, or from giving it up. */
  private async form(processId: string, state: StartedProcess): Promise<object | null> {
    try {
      return await this.forms.page(state);
    } catch (error) {
      this.parts.logger.warn({ process: processId, err: error }, 'the form that the process waits for cannot be made');
      return null;
    }
  }
}

interface Left {
  readonly left_over?: readonly LeftOver[];
}

export const processQueryHandlers = [ListProcessesHandler, CountProcessesHandler, GetProcessHandler];
