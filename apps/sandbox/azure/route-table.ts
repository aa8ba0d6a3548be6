import { billingRoutes } from './billing.routes.js';
import { directoryRoutes } from './directory.routes.js';
import { managementRoutes } from './management.routes.js';
import { sandboxCspRoutes } from './sandbox-csp.routes.js';
import { signUpRoutes } from './sign-up.routes.js';
import { userRoutes } from './user.routes.js';
import type { Route } from './route.js';

interface Pattern {
  readonly route: Route;
  readonly segments: readonly string[];
}

export const routes: readonly Route[] = [
  ...signUpRoutes,
  ...billingRoutes,
  ...directoryRoutes,
  ...userRoutes,
  ...managementRoutes,
  ...sandboxCspRoutes,
];
const patterns: readonly Pattern[] = routes.map((route) => ({ route, segments: route.path.split('/') }));
/** The API a path belongs to, and what is below it. */
const API = /^\/csp\/(?:azure\/)?(arm|graph|sandbox)\/(.+)$/;
const SIGN_IN = /^\/csp\/azure\/login\/([^/]+)\/oauth2\/v2\.0\/token$/;

/** The tenant of a request for a token. */
export const signInTenant = (path: string): string | undefined => SIGN_IN.exec(path)?.[1];

/** The route of a path below an API, and the segments it names. */
export function routeOf(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
  const [, api, below] = API.exec(path) ?? [];
  if (below === undefined) return undefined;
  const rest = below.split('/');
  for (const { route, segments } of patterns) {
    if (route.api !== api || route.method !== method || segments.length !== rest.length + 1) continue;
    const params = paramsOf(segments.slice(1), rest);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function paramsOf(segments: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = decodeURIComponent(given[index]!);
    if (segment.startsWith(':')) params[segment.slice(1)] = value;
    else if (segment !== value) return undefined;
  }
  return params;
}

/** What the ledger calls a request: the route's name, or the collection of the first version's paths. */
export function kindOf(method: string, path: string): string {
  if (signInTenant(path) !== undefined) return 'token';
  const collection = path.split('/')[path.startsWith('/nrm/') ? 2 : 3] ?? 'unknown';
  return API.test(path) ? (routeOf(method, path)?.route.name ?? 'unknown') : collection;
}
