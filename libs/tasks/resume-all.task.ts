import { Type } from 'typebox';
import { forEach, step, workflow } from '#workflow';
import { processStream, type ResumeProcess } from '#workflow/published';
import { unlessUnfit } from './clean-up-tasks.task.js';

export const RESUME_ALL = 'task_resume_all';
/** Resumed in one step. */
const AT_ONCE = 100;
const ids = Type.Array(Type.String());

export const inRounds = (all: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, n) => all.slice(n * AT_ONCE, (n + 1) * AT_ONCE));

/** Resumes the tasks that it is given, one after the other; what nobody can resume any more is left out. */
export const resumeAll = workflow(
  {
    key: RESUME_ALL,
    version: 1,
    target: 'SYSTEM',
    isTask: true,
    description: 'Resume all tasks',
    input: { rounds: Type.Array(ids) },
  },
  [
    forEach(
      'resumed',
      'rounds',
      [
        step({
          key: 'resume',
          name: 'Resume them',
          reads: { item: ids },
          adds: { count: Type.Integer() },
          async handler({ item }, context) {
            let count = 0;
            for (const id of item) {
              const command: ResumeProcess = { type: 'ResumeProcess', by: context.actor, time: context.now() };
              const sent = context.dispatch(processStream(id), command, `resume ${id}`);
              await sent.then(() => void count++, unlessUnfit);
            }
            return { count };
          },
        }),
      ],
      { concurrency: 1 },
    ),
  ],
);
