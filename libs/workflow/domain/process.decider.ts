import { Refusal, type DrivenDecider, type Driving } from '#kernel';
import type { ProcessCommand, ProcessEvent, ProcessStarted, StartProcess } from '../published/index.js';
import type { Compiled } from './compiled.js';
import { FOLLOW } from './duties.js';
import { inputFaults } from './form.js';
import * as operator from './operator-commands.js';
import { drive } from './process.drive.js';
import { evolveProcess } from './process.evolve.js';
import { withWhatFollows } from './process.follow.js';
import { owedBy } from './process.next.js';
import type { ProcessState, StartedProcess } from './process.state.js';
import type { WorkflowRegistry } from './workflow-registry.js';

type Events = readonly ProcessEvent[];
type PeoplesCommand = Exclude<ProcessCommand, StartProcess>;

/**
 * The process as a driven decider. Refusals: `unknown_workflow` 404, `validation_failed` 400 (the initial state
 * is not what the workflow takes), `process_not_found` 404, `invalid_process_status` 409 (with the
 * status and the commands that fit), and those of ProcessCommand. Throws UnknownDefinition for an instance whose definition is not here.
 */
export function processDecider(registry: WorkflowRegistry): DrivenDecider<ProcessState, ProcessCommand, ProcessEvent> {
  return {
    initial: () => ({ status: 'none' }),
    evolve: evolveProcess,
    next(state) {
      if (state.status === 'none') return [];
      const { compiled, migrated } = registry.carrying(state);
      return migrated === undefined ? owedBy(compiled, state) : [FOLLOW];
    },
    decide(command, state) {
      if (command.type === 'StartProcess') return state.status === 'none' ? start(registry, command) : [];
      if (state.status === 'none') {
        if (isDriving(command)) return [];
        throw new Refusal('process_not_found', 404, 'there is no such process');
      }
      const { compiled, migrated } = registry.carrying(state);
      if (migrated === undefined) return decided(command, state, compiled);
      const first: ProcessEvent = { type: 'ProcessMigrated', data: { ...migrated, time: command.time } };
      const moved = evolveProcess(state, first) as StartedProcess;
      return [first, ...decided(command, moved, compiled)];
    },
  };
}

const isDriving = (command: { readonly type: string }): command is Driving =>
  command.type === 'Outcome' || command.type === 'Due' || command.type === 'HandBack';

function decided(command: PeoplesCommand | Driving, state: StartedProcess, compiled: Compiled): Events {
  const events = isDriving(command) ? drive(command, state, compiled) : asked(command, state, compiled);
  return withWhatFollows(events, state, compiled, command.time);
}

function asked(command: PeoplesCommand, state: StartedProcess, compiled: Compiled): Events {
  switch (command.type) {
    case 'ResumeProcess':
      return operator.resume(command, state, compiled);
    case 'AbortProcess':
      return operator.abort(command, state);
    case 'SkipStep':
      return operator.skip(command, state, compiled);
    case 'SetValue':
      return operator.setValue(command, state);
    case 'CompensateProcess':
      return operator.compensate(command, state, compiled);
    case 'HideProcess':
      return operator.hide(command, state);
    case 'SetNote':
      return operator.note(command, state);
  }
}

function start(registry: WorkflowRegistry, command: StartProcess): Events {
  const compiled = registry.latest(command.workflow);
  if (compiled === undefined)
    throw new Refusal('unknown_workflow', 404, `there is no workflow ${command.workflow}`, {
      workflows: registry.all().map((each) => each.key),
    });
  const { key, input } = compiled.definition;
  const faults = inputFaults(input, command.state);
  if (faults.length > 0)
    throw new Refusal(
      'validation_failed',
      400,
      `this is no input of workflow ${key}`,
      {},
      faults.map(operator.byPointer),
    );
  return withWhatFollows([started(compiled, command)], { status: 'none' }, compiled, command.time);
}

function started({ definition, pinned }: Compiled, command: StartProcess): ProcessStarted {
  const { state, createdBy, product, customerId, claims, parent, time } = command;
  const { key, version, target, isTask } = definition;
  return {
    type: 'ProcessStarted',
    data: {
      workflow: key,
      version,
      target,
      isTask,
      steps: pinned,
      state,
      createdBy,
      ...(product && { product }),
      ...(customerId !== undefined && { customerId }),
      ...(claims && { claims: { ...claims, usableWhen: [...claims.usableWhen] } }),
      ...(parent && { parent }),
      time,
    },
  };
}
