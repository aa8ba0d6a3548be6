import { randomUUID } from 'node:crypto';
import { Type, type TSchema } from 'typebox';
import { jsonAnswer } from '../sandbox.types.js';
import { done, exists, filtered, noContent, notFound, putOnce, refused, removeOnce, seen } from './answers.js';
import type { AzureRequest, Caller, Place } from './azure.types.js';
import type { AzureWorld, Route } from './route.js';
import { rules } from './directory.parts.js';

const GROUPS = '/providers/Microsoft.Management/managementGroups';
const GROUP = `${GROUPS}/:group`;
const AUTHORIZATION = '/providers/Microsoft.Authorization';
const OWNER = `${AUTHORIZATION}/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635`;

/** Owner, Contributor and Billing Reader. */
const ROLES: readonly string[] = [
  OWNER,
  `${AUTHORIZATION}/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c`,
  `${AUTHORIZATION}/roleDefinitions/fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64`,
];

const text = Type.String({ minLength: 1 });
const strict = { additionalProperties: false };
const object = (fields: Record<string, TSchema>) => Type.Object(fields, strict);
const denied = () => refused(403, 'AuthorizationFailed', 'The client may not do this here.');

type Work = Route['work'];
const route = (
  name: string,
  method: Route['method'],
  path: string,
  version: string,
  callers: Route['callers'],
  work: Work,
  body?: TSchema,
): Route => ({ name, api: 'arm', method, path, version, callers, work, ...(body && { body }) });

const isElevated = ({ store }: AzureWorld, { tenant, subject }: Caller): boolean =>
  store.exists('elevations', tenant, subject);
/** Owners of the root group may do everything below it. */
const owns = ({ store }: AzureWorld, { tenant, subject }: Caller): boolean => store.exists('owners', tenant, subject);

/** The tenant's root group is there from the beginning, under the tenant's id. */
const groupOf = ({ store }: AzureWorld, tenant: string, name: string) =>
  name === tenant
    ? { id: `${GROUPS}/${name}`, name, properties: { tenantId: tenant } }
    : store.find('groups', tenant, name);

const putGroup: Work = (request, world) => {
  const { tenant } = request.caller;
  if (!rules(world, request.caller)) return denied();
  const name = request.params['group']!;
  if (!/^[a-zA-Z0-9\-_(). ]{1,89}[a-zA-Z0-9\-_()]$/.test(name))
    return refused(400, 'BadName', `${name} is no name of a group.`);
  const parent = request.body.properties.details?.parent?.id ?? `${GROUPS}/${tenant}`;
  if (groupOf(world, tenant, String(parent).slice(GROUPS.length + 1)) === undefined)
    return notFound(`parent ${parent}`);
  const { displayName } = request.body.properties;
  const data = {
    id: `${GROUPS}/${name}`,
    name,
    properties: { tenantId: tenant, displayName, details: { parent: { id: parent } } },
  };
  const place = ['groups', tenant, name] as const;
  if (world.store.exists(...place)) return putOnce(world, place, data);
  return world.operations.begin(
    request,
    place,
    data,
    '/providers/Microsoft.Management/operations',
    'azure-asyncoperation',
  );
};

const getGroup: Work = ({ params, caller }, world) => {
  if (caller.kind === 'admin' && !isElevated(world, caller) && !owns(world, caller)) return denied();
  const group = groupOf(world, caller.tenant, params['group']!);
  return group ? seen(200, group) : notFound(`management group ${params['group']}`);
};

const assign: Work = ({ params, body, caller }, world) => {
  const { store } = world;
  if (!isElevated(world, caller) && !owns(world, caller)) return denied();
  const group = params['group']!;
  if (groupOf(world, caller.tenant, group) === undefined) return notFound(`management group ${group}`);
  const { principalId, roleDefinitionId } = body.properties;
  const known = ['servicePrincipals', 'users'].some((kind) => store.find(kind, caller.tenant, principalId));
  if (!known) return refused(400, 'PrincipalNotFound', `There is no principal ${principalId}.`);
  if (!ROLES.includes(roleDefinitionId)) return notFound(`role definition ${roleDefinitionId}`);
  const place = placeOf(caller.tenant, group, principalId);
  const there = store.find(...place);
  const id = `${GROUPS}/${group}${AUTHORIZATION}/roleAssignments/${params['assignment']}`;
  if (there) return there['id'] === id ? seen(200, there) : exists('The role assignment', 'RoleAssignmentExists');
  const data = { id, name: params['assignment'], properties: body.properties };
  store.put(place, data);
  return done(201, data);
};

/** Assignments of the root group say who owns the tenant. */
const placeOf = (tenant: string, group: string, principal: string): Place =>
  group === tenant ? ['owners', tenant, principal] : ['groupRoles', `${tenant}/${group}`, principal];

const listAssignments: Work = ({ query, caller }, { store }) => {
  const principal = filtered(query, 'principalId');
  const all = store.list('owners', caller.tenant) as { properties?: { principalId?: string } }[];
  return seen(200, { value: all.filter(({ properties }) => properties?.principalId === principal) });
};

/** Azure deletes no management group with anything below it. */
function holdsSomething({ store }: AzureWorld, tenant: string, group: string): boolean {
  const parentOf = ({ properties }: { properties?: { details?: { parent?: { id?: string } } } }) =>
    properties?.details?.parent?.id;
  const below = store.list('groups', tenant).some((one) => parentOf(one) === `${GROUPS}/${group}`);
  return (
    below || store.exists('subscriptions', tenant, group) || store.list('groupRoles', `${tenant}/${group}`).length > 0
  );
}

const removeGroup: Work = (request, world) => {
  const { params, caller } = request;
  if (!rules(world, caller)) return denied();
  const place = ['groups', caller.tenant, params['group']!] as const;
  if (world.store.find(...place) === undefined) return notFound(params['group']!);
  if (holdsSomething(world, caller.tenant, params['group']!))
    return refused(409, 'GroupNotEmpty', `${params['group']} has groups, subscriptions or roles below it.`);
  return world.operations.remove(request, place, '/providers/Microsoft.Management/operations', 'azure-asyncoperation');
};

const unassign: Work = ({ params, caller }, world) => {
  if (!isElevated(world, caller) && !owns(world, caller)) return denied();
  const [kind, scope] = placeOf(caller.tenant, params['group']!, '');
  const found = world.store.list(kind, scope).find((one) => one['name'] === params['assignment']);
  const { principalId } = (found?.['properties'] ?? {}) as { principalId?: string };
  return removeOnce(world, [kind, scope, String(principalId)]);
};

const policyBody = Type.Object({ properties: Type.Object({ displayName: text }) }, strict);
const POLICY = '2019-09-01';

/** A policy object of the root group, once everything it names is there. */
const policy = (kind: string, named: (request: AzureRequest) => readonly string[]): Route =>
  route(
    `put_${kind}`,
    'PUT',
    `${GROUP}${AUTHORIZATION}/${kind}/:name`,
    POLICY,
    ['principal'],
    (request, world) => {
      const { params, body, caller } = request;
      if (!owns(world, caller)) return denied();
      if (params['group'] !== caller.tenant) return notFound(`management group ${params['group']}`);
      const missing = named(request).find((id) => !world.store.exists('policies', caller.tenant, id));
      if (missing !== undefined) return notFound(missing);
      const id = `${GROUPS}/${params['group']}${AUTHORIZATION}/${kind}/${params['name']}`;
      return putOnce(world, ['policies', caller.tenant, id], { id, name: params['name'], ...body });
    },
    policyBody,
  );

const elevations: readonly Route[] = [
  route('elevateAccess', 'POST', `${AUTHORIZATION}/elevateAccess`, '2016-07-01', ['admin'], ({ caller }, world) => {
    if (isElevated(world, caller)) return noContent(false);
    const name = randomUUID();
    const properties = { scope: '/', principalId: caller.subject };
    world.store.put(['elevations', caller.tenant, caller.subject], { name, properties });
    return noContent(true);
  }),
  route(
    'listElevations',
    'GET',
    `${AUTHORIZATION}/roleAssignments`,
    '2015-07-01',
    ['admin'],
    ({ query, caller }, { store }) => {
      const principal = filtered(query, 'principalId');
      const own = store.list('elevations', caller.tenant) as { properties?: { principalId?: string } }[];
      return seen(200, { value: own.filter(({ properties }) => properties?.principalId === principal) });
    },
  ),
  route(
    'lowerAccess',
    'DELETE',
    `${AUTHORIZATION}/roleAssignments/:elevation`,
    '2015-07-01',
    ['admin'],
    (request, { store }) => {
      const { tenant, subject } = request.caller;
      const own = store.find('elevations', tenant, subject);
      return noContent(own?.['name'] === request.params['elevation'] && store.remove('elevations', tenant, subject));
    },
  ),
];

const removePolicy = (kind: string): Route =>
  route(
    `delete_${kind}`,
    'DELETE',
    `${GROUP}${AUTHORIZATION}/${kind}/:name`,
    POLICY,
    ['principal'],
    (request, world) => {
      const { params, caller } = request;
      if (!owns(world, caller)) return denied();
      const id = `${GROUPS}/${params['group']}${AUTHORIZATION}/${kind}/${params['name']}`;
      return removeOnce(world, ['policies', caller.tenant, id]);
    },
  );

export const managementRoutes: readonly Route[] = [
  route('deleteManagementGroup', 'DELETE', GROUP, '2020-02-01', ['principal'], removeGroup),
  route(
    'deleteRoleAssignment',
    'DELETE',
    `${GROUP}${AUTHORIZATION}/roleAssignments/:assignment`,
    '2015-07-01',
    ['admin', 'principal'],
    unassign,
  ),
  ...['policyDefinitions', 'policySetDefinitions', 'policyAssignments'].map(removePolicy),
  ...elevations,
  route(
    'putManagementGroup',
    'PUT',
    GROUP,
    '2020-02-01',
    ['principal'],
    putGroup,
    object({
      properties: object({
        displayName: Type.String({ minLength: 1, maxLength: 90 }),
        details: Type.Optional(object({ parent: object({ id: text }) })),
      }),
    }),
  ),
  route(
    'managementOperation',
    'GET',
    '/providers/Microsoft.Management/operations/:operation',
    '2020-02-01',
    ['principal'],
    (request, { operations }) => ({
      answer: operations.poll(request.params['operation']!, () => jsonAnswer(200, { status: 'Succeeded' })),
      applied: false,
    }),
  ),
  route('getManagementGroup', 'GET', GROUP, '2020-02-01', ['admin', 'principal'], getGroup),
  route(
    'putRoleAssignment',
    'PUT',
    `${GROUP}${AUTHORIZATION}/roleAssignments/:assignment`,
    '2015-07-01',
    ['admin', 'principal'],
    assign,
    object({ properties: object({ roleDefinitionId: text, principalId: text }) }),
  ),
  route(
    'listRoleAssignments',
    'GET',
    `${GROUP}${AUTHORIZATION}/roleAssignments`,
    '2015-07-01',
    ['admin', 'principal'],
    listAssignments,
  ),
  policy('policyDefinitions', () => []),
  policy('policySetDefinitions', ({ body }) =>
    ((body.properties.policyDefinitions ?? []) as { policyDefinitionId: string }[]).map(
      (one) => one.policyDefinitionId,
    ),
  ),
  policy('policyAssignments', ({ body }) => [String(body.properties.policyDefinitionId)]),
];
