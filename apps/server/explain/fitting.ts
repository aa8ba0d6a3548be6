import type { LegalCommand } from '#portfolio';
import type { OperatorCommand as OperationCommand } from '#provisioning';
import type { OperatorCommand as ProcessCommand } from '#workflow/published';

/** A command that fits now, and the request that gives it; what its body takes is in the OpenAPI document. */
export interface Fitting {
  readonly command: string;
  readonly step: string | null;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
}
type Route = readonly [Fitting['method'], string];

/** Routes below /api; names in braces stand for the instance's id and the stage. A test holds them against the OpenAPI document. */
export const ROUTES: {
  readonly portfolio: Readonly<Record<Exclude<LegalCommand['command'], 'create'>, Route>>;
  readonly process: Readonly<Record<ProcessCommand, Route>>;
  readonly operation: Readonly<Record<OperationCommand, Route>>;
  readonly csp: Readonly<Record<'continue', Route>>;
  readonly settings: Readonly<Record<'continue-engine', Route>>;
} = {
  portfolio: {
    resume: ['POST', 'portfolios/{id}/stages/{stage}/resume'],
    'retry-from': ['POST', 'portfolios/{id}/stages/{stage}/retry-from'],
    skip: ['POST', 'portfolios/{id}/stages/{stage}/skip'],
    pause: ['POST', 'portfolios/{id}/pause'],
    continue: ['POST', 'portfolios/{id}/continue'],
    abandon: ['POST', 'portfolios/{id}/abandon'],
    deprovision: ['POST', 'portfolios/{id}/deprovision'],
    'amend-facts': ['PATCH', 'portfolios/{id}/facts'],
    'trigger-next-transition': ['POST', 'portfolios/{id}/trigger-next-transition'],
  },
  process: {
    resume: ['PUT', 'processes/{id}/resume'],
    abort: ['PUT', 'processes/{id}/abort'],
    skip: ['POST', 'processes/{id}/skip'],
    'set-value': ['POST', 'processes/{id}/values'],
    compensate: ['POST', 'processes/{id}/compensate'],
  },
  operation: {
    retry: ['POST', 'operations/{id}/retry'],
    fail: ['POST', 'operations/{id}/fail'],
    deprovision: ['POST', 'operations/{id}/deprovision'],
    'accept-late': ['POST', 'operations/{id}/accept-late'],
  },
  csp: { continue: ['POST', 'csps/{id}/continue'] },
  settings: { 'continue-engine': ['PUT', 'settings/status'] },
};

/** The command with its address. */
export function fitting<C extends keyof typeof ROUTES>(
  category: C,
  id: string,
  command: keyof (typeof ROUTES)[C] & string,
  step?: string,
): Fitting {
  const [method, path] = ROUTES[category][command] as Route;
  const url = path.replace('{id}', encodeURIComponent(id)).replace('{stage}', encodeURIComponent(step ?? ''));
  return { command, step: step ?? null, method, url: `/api/${url}` };
}
