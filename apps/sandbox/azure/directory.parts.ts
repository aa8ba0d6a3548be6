import { Type, type TSchema } from 'typebox';
import { done, exists, notFound, refused, removeOnce } from './answers.js';
import type { AzureRequest, Caller, Data } from './azure.types.js';
import type { AzureWorld, Route } from './route.js';

export const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10';
export const READ_WRITE_ALL = '19dbc75e-c2e2-444c-a770-ec69d8559fc7';

export const text = Type.String({ minLength: 1 });
const strict = { additionalProperties: false };
export const object = (fields: Record<string, TSchema>) => Type.Object(fields, strict);

export type Work = Route['work'];
export const route = (name: string, method: Route['method'], path: string, work: Work, body?: TSchema): Route => ({
  name,
  api: 'graph',
  method,
  path,
  callers: ['admin'],
  work,
  ...(body && { body }),
});

/** A service principal reads and writes the directory once it was granted that and made an administrator. */
export const rules = ({ store }: AzureWorld, { kind, tenant, subject }: Caller): boolean =>
  kind === 'admin' || store.exists('directoryAssignments', tenant, `${subject}/${GLOBAL_ADMINISTRATOR}`);

const writes = (world: AzureWorld, caller: Caller): boolean =>
  rules(world, caller) &&
  (caller.kind === 'admin' || world.store.exists('appRoles', caller.tenant, `${caller.subject}/${READ_WRITE_ALL}`));

/** For administrators, and for principals that may. */
export const byWriters = (made: Route): Route => ({
  ...made,
  callers: ['admin', 'principal'],
  work: (request, world) =>
    writes(world, request.caller)
      ? made.work(request, world)
      : refused(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'),
});

/** One object of its kind in the tenant: a second create of the same is a conflict. */
export function createOnce({ store }: AzureWorld, tenant: string, kind: string, natural: string, data: Data) {
  if (store.exists(`${kind}Names`, tenant, natural)) return exists(natural);
  store.put([`${kind}Names`, tenant, natural], { id: data['id'] });
  store.put([kind, tenant, String(data['id'])], data);
  return done(201, data);
}

type Find = (request: AzureRequest, world: AzureWorld) => Data | undefined;
const byId =
  (kind: string, param: string): Find =>
  ({ params, caller }, { store }) =>
    store.find(kind, caller.tenant, params[param]!);

/** Takes an object and the place of its name away. */
export const removeNamed =
  (kind: string, param: string, natural: string, find: Find = byId(kind, param)): Work =>
  (request, world) => {
    const { params, caller } = request;
    const found = find(request, world);
    if (found === undefined) return notFound(params[param]!);
    const id = String(found['id']);
    // Guests have an address instead of a principal name.
    world.store.remove(`${kind}Names`, caller.tenant, String(found[natural] ?? found['mail']));
    world.store.dropLogin({ tenant: caller.tenant, subject: id });
    for (const held of ['directoryAssignments', 'appRoles'])
      for (const { name } of world.store
        .places()
        .filter((one) => one.collection === held && one.scope === caller.tenant))
        if (name.startsWith(`${id}/`)) world.store.remove(held, caller.tenant, name);
    return removeOnce(world, [kind, caller.tenant, id]);
  };
