import { Type } from 'typebox';
import { isRefusal } from '#kernel';
import { forEach, step, workflow, type WorkflowDefinition } from '#workflow';
import { processStream, type HideProcess } from '#workflow/published';
import type { TaskPorts } from './task.ports.js';

/** Tasks hidden in one step, and steps of one run: what is left then is for the next one. */
const AT_ONCE = 200;
const MOST_STEPS = 500;
const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 3;

export const retentionDays = Type.Optional(
  Type.Integer({ minimum: 0, maximum: 3_650, default: DEFAULT_DAYS, title: 'Days for which ended tasks are kept' }),
);
const rounds = { before: Type.Number(), rounds: Type.Array(Type.Integer()) };

/** Takes tasks that ended days ago out of the lists. Nothing is deleted: the log keeps them, and the audit shows them. */
export const cleanUpTasks = (ports: TaskPorts): WorkflowDefinition =>
  workflow(
    {
      key: 'task_clean_up_tasks',
      version: 1,
      target: 'SYSTEM',
      isTask: true,
      description: 'Clean up old tasks',
      input: { retention_days: retentionDays },
    },
    [
      step({
        key: 'find_tasks',
        name: 'Find old tasks',
        reads: { retention_days: retentionDays },
        adds: rounds,
        async handler({ retention_days = DEFAULT_DAYS }, context) {
          const before = context.now() - retention_days * DAY_MS;
          const count = Math.ceil((await ports.countEndedTasks(before)) / AT_ONCE);
          return { before, rounds: Array.from({ length: Math.min(count, MOST_STEPS) }, (_, i) => i) };
        },
      }),
      forEach(
        'hidden',
        'rounds',
        [
          step({
            key: 'hide',
            name: 'Hide them',
            reads: { before: rounds.before },
            adds: { count: Type.Integer() },
            async handler({ before }, context) {
              const ids = await ports.endedTasks(before, AT_ONCE);
              const command: HideProcess = { type: 'HideProcess', by: context.actor, time: context.now() };
              for (const id of ids) await context.dispatch(processStream(id), command, `hide ${id}`).catch(unlessUnfit);
              return { count: ids.length };
            },
          }),
        ],
        { concurrency: 1 },
      ),
    ],
  );

/** Somebody resumed it since we looked, or its code is not here: it stays. */
export function unlessUnfit(error: unknown): void {
  if (!isRefusal(error) || error.status >= 500) throw error;
}
