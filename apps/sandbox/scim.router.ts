import { timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { SCIMMY, SCIMMYRouters } from 'scimmy-routers';
import { equalsOf, type Equals } from './scim-filter.js';
import { NameTaken, type DirectoryStore, type DirectoryType, type Entry } from './directory.store.js';

/** One request's way to its own sandbox: scimmy's resource handlers are global, several sandboxes may share them. */
export interface DirectoryContext {
  readonly directory: DirectoryStore;
  /** Runs the change and its ledger entry in one transaction. */
  change<T>(work: () => T): T;
}

/** `equals`: what the filter asks for, where it is of the simplest form. */
interface AskedContext extends DirectoryContext {
  readonly equals?: Equals;
}

const contexts = new WeakMap<Request, AskedContext>();

/** A scimmy handler sees the id, the filter and the context of the request only. */
interface Asked {
  readonly id?: string;
  readonly filter?: { match(values: unknown[]): unknown[] };
}

const notFound = (id: string) => new SCIMMY.Types.Error(404, null as never, `Resource ${id} not found`);

function write(type: DirectoryType, nameOf: (instance: Record<string, unknown>) => string) {
  return (asked: Asked, instance: object, context: DirectoryContext): Entry => {
    const attributes = JSON.parse(JSON.stringify(instance)) as Record<string, unknown>;
    if (asked.id !== undefined && context.directory.find(type, asked.id) === undefined) throw notFound(asked.id);
    try {
      return context.change(() => context.directory.save(type, nameOf(attributes), attributes, asked.id));
    } catch (error) {
      if (error instanceof NameTaken) throw new SCIMMY.Types.Error(409, 'uniqueness', error.message);
      throw error;
    }
  };
}

function read(type: DirectoryType) {
  return (asked: Asked, context: AskedContext): Entry | Entry[] => {
    if (asked.id === undefined) {
      const all = context.directory.list(type).filter((entry) => context.equals?.(entry) ?? true);
      return asked.filter === undefined ? all : (asked.filter.match(all) as Entry[]);
    }
    const entry = context.directory.find(type, asked.id);
    if (entry === undefined) throw notFound(asked.id);
    return entry;
  };
}

function remove(type: DirectoryType) {
  return (asked: Asked, context: DirectoryContext): void => {
    const id = String(asked.id);
    if (!context.change(() => context.directory.remove(type, id))) throw notFound(id);
  };
}

let declared = false;

/** scimmy keeps resource types in one registry per process, so they are declared once, at the first start. */
function declareResources(): void {
  if (declared) return;
  declared = true;
  SCIMMY.Resources.declare(SCIMMY.Resources.User)
    .ingress(write('User', (user) => String(user['userName'])) as never)
    .egress(read('User') as never)
    .degress(remove('User') as never);
  SCIMMY.Resources.declare(SCIMMY.Resources.Group)
    .ingress(write('Group', (group) => String(group['displayName'])) as never)
    .egress(read('Group') as never)
    .degress(remove('Group') as never);
}

function checkBearer(request: Request, token: string): string {
  const given = Buffer.from(request.header('authorization') ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw new Error('Bearer token is wrong');
  return '';
}

/** The SCIM 2.0 directory (RFC 7644) with bearer token, to be mounted at /scim/v2 behind the gate. */
export function scimRouter(token: string, contextOf: (request: Request) => DirectoryContext): RequestHandler {
  declareResources();
  const router = new SCIMMYRouters({
    type: 'bearer',
    handler: (request) => checkBearer(request, token),
    context: (request) => contexts.get(request),
    baseUri: (request) => `${request.protocol}://${request.get('host') ?? '127.0.0.1'}`,
  }) as unknown as RequestHandler;
  return (request, response, next) => {
    const { filter, ...query } = request.query;
    const equals = equalsOf(filter);
    contexts.set(request, { ...contextOf(request), ...(equals && { equals }) });
    // express 5 parses the query anew on each look; scimmy-routers writes numbers into it.
    const left = equals === undefined && filter !== undefined ? { ...query, filter } : query;
    Object.defineProperty(request, 'query', { value: left, writable: true });
    return router(request, response, next);
  };
}
