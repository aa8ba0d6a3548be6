import { Type } from 'typebox';
import { problemOf, step, workflow, type ProcessState, type WorkflowDefinition } from '#workflow';
import { processStream, type ResumeProcess } from '#workflow/published';
import { unlessUnfit } from './clean-up-tasks.task.js';
import type { TaskPorts } from './task.ports.js';

/** Looked at in one run. */
const AT_ONCE = 500;

/**
 * Resumes what has stopped because a system outside did not answer, however often it was asked. What waits, was just created or resumed
 * needs no help here: timers and the worklist carry it on. What was refused waits for a person.
 */
export const resumeWorkflows = (ports: TaskPorts): WorkflowDefinition =>
  workflow(
    {
      key: 'task_resume_workflows',
      version: 1,
      target: 'SYSTEM',
      isTask: true,
      description: 'Resume what stopped because a system did not answer',
    },
    [
      step({
        key: 'find_and_resume',
        name: 'Resume processes',
        adds: { resumed: Type.Array(Type.String()) },
        async handler(_, context) {
          const resumed: string[] = [];
          for (const id of await ports.stopped(AT_ONCE)) {
            const stream = processStream(id);
            const state = await context.load<ProcessState>(stream);
            if (state.status === 'none' || problemOf(state)?.failure.kind !== 'retryable') continue;
            const command: ResumeProcess = { type: 'ResumeProcess', by: context.actor, time: context.now() };
            await context.dispatch(stream, command, `resume ${id}`).then(() => void resumed.push(id), unlessUnfit);
          }
          return { resumed };
        },
      }),
    ],
  );
