import type { AuthContext, Authorizer } from './authorizer.types.js';
import { leafAt, type Compiled } from './compiled.js';
import { allRows, type StartedProcess } from './process.state.js';

type Asking = Pick<AuthContext, 'actor' | 'tenant'>;

/** Whether somebody may start a workflow: everybody where nothing is said. Used by the start and by the list of actions. */
export const mayStart = ({ definition }: Compiled, who: Asking): Promise<boolean> =>
  asked(definition.authorize?.start, { ...who, workflow: definition.key, action: 'start_workflow' });

/**
 * Whether somebody may resume a process as it is. Of a form: its own `resume`, else the workflow's, else who may start. Of a failed step:
 * its `retry`, else its `resume`, else the workflow's `retry`, else who may start (reference section 1.14).
 */
export function mayResume(compiled: Compiled, state: StartedProcess, who: Asking): Promise<boolean> {
  const { definition } = compiled;
  const { authorize: all, key: workflow } = definition;
  const row = allRows(state).find(({ status }) => status === 'suspended') ?? allRows(state).find(isOpen);
  const leaf = row && leafAt(compiled, row.step)?.node;
  const own = leaf && 'authorize' in leaf ? leaf.authorize : undefined;
  const step = row && { step: row.step };
  return row?.status === 'suspended'
    ? asked(own?.resume ?? all?.resume ?? all?.start, { ...who, workflow, ...step, action: 'resume_workflow' })
    : asked(own?.retry ?? own?.resume ?? all?.retry ?? all?.start, {
        ...who,
        workflow,
        ...step,
        action: 'retry_workflow',
      });
}

const isOpen = ({ status }: { readonly status: string }): boolean =>
  status === 'failed' ||
  status === 'retrying' ||
  status === 'accepted' ||
  status === 'overdue' ||
  status === 'sleeping';

async function asked(authorizer: Authorizer | undefined, context: AuthContext): Promise<boolean> {
  if (authorizer === undefined) return true;
  try {
    return await authorizer(context);
  } catch {
    return false;
  }
}
