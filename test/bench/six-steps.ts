import { Type } from 'typebox';
import { step, workflow, type WorkflowDefinition } from '#workflow';

const small = Type.Object({ ok: Type.Boolean(), value: Type.Integer(), text: Type.String() });

/** The reference job: six steps of small JSON, each durable before the next. `pauseMs` is how long a step works. */
export function sixSteps(pauseMs: () => number): WorkflowDefinition {
  const nth = (n: number) =>
    step({
      key: `step_${n}`,
      adds: { [`result_${n}`]: small },
      handler: async () => {
        const ms = pauseMs();
        if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
        return { [`result_${n}`]: { ok: true, value: n, text: 'small json' } };
      },
    });
  return workflow({ key: 'six_steps', version: 1, target: 'SYSTEM', description: 'Reference job of the bench' }, [
    nth(1),
    nth(2),
    nth(3),
    nth(4),
    nth(5),
    nth(6),
  ]);
}
