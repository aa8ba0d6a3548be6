import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Type, type TSchema } from 'typebox';
import { done, exists, filtered, noContent, notFound, refused, removeOnce, seen } from './answers.js';
import type { AzureRequest, Caller, Data } from './azure.types.js';
import type { AzureWorld, Route } from './route.js';

export const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10';
const BILLING_ADMINISTRATOR = 'b0f54661-2d74-4c50-afa3-1ec803f12efe';
const GRAPH_APP = '00000003-0000-0000-c000-000000000000';
const READ_WRITE_ALL = '19dbc75e-c2e2-444c-a770-ec69d8559fc7';
const DIRECTORY = '/beta/roleManagement/directory';

const text = Type.String({ minLength: 1 });
const strict = { additionalProperties: false };
const object = (fields: Record<string, TSchema>) => Type.Object(fields, strict);

type Work = Route['work'];
const route = (name: string, method: Route['method'], path: string, work: Work, body?: TSchema): Route => ({
  name,
  api: 'graph',
  method,
  path,
  callers: ['admin'],
  work,
  ...(body && { body }),
});

/** Graph's own principal has the same id in a tenant for ever. */
const graphPrincipal = (tenant: string): Data => ({
  id: `graph-of-${tenant}`,
  appId: GRAPH_APP,
  appRoles: [{ id: READ_WRITE_ALL, value: 'Directory.ReadWrite.All' }],
});

/** A service principal reads and writes the directory once it was granted that and made an administrator. */
export const rules = ({ store }: AzureWorld, { kind, tenant, subject }: Caller): boolean =>
  kind === 'admin' || store.exists('directoryAssignments', tenant, `${subject}/${GLOBAL_ADMINISTRATOR}`);

const writes = (world: AzureWorld, caller: Caller): boolean =>
  rules(world, caller) &&
  (caller.kind === 'admin' || world.store.exists('appRoles', caller.tenant, `${caller.subject}/${READ_WRITE_ALL}`));

/** For administrators, and for principals that may. */
const byWriters = (made: Route): Route => ({
  ...made,
  callers: ['admin', 'principal'],
  work: (request, world) =>
    writes(world, request.caller)
      ? made.work(request, world)
      : refused(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'),
});

/** One object of its kind in the tenant: a second create of the same is a conflict. */
function createOnce({ store }: AzureWorld, tenant: string, kind: string, natural: string, data: Data) {
  if (store.exists(`${kind}Names`, tenant, natural)) return exists(natural);
  store.put([`${kind}Names`, tenant, natural], { id: data['id'] });
  store.put([kind, tenant, String(data['id'])], data);
  return done(201, data);
}

const userOf = ({ params, caller }: AzureRequest, { store }: AzureWorld): Data | undefined => {
  const wanted = params['user']!;
  return store
    .list('users', caller.tenant)
    .find((user) => user['id'] === wanted || user['userPrincipalName'] === wanted);
};

const changes: TSchema = Type.Union([
  object({ otherMails: Type.Array(text, { minItems: 1 }) }),
  object({
    passwordProfile: object({ forceChangePasswordNextSignIn: Type.Boolean(), password: Type.String({ minLength: 8 }) }),
  }),
]);

function patchUser(request: AzureRequest, world: AzureWorld) {
  const user = userOf(request, world);
  if (user === undefined) return notFound(`user ${request.params['user']}`);
  const { tenant } = request.caller;
  const subject = String(user['id']);
  const { passwordProfile, ...rest } = request.body as Data & { passwordProfile?: { password: string } };
  if (passwordProfile) {
    const login = world.store.loginOf(tenant, subject) ?? String(user['userPrincipalName']);
    world.store.setSecret(login, { kind: 'admin', tenant, subject }, passwordProfile.password);
  }
  const changed = { ...user, ...rest };
  world.store.put(['users', tenant, subject], changed);
  return noContent(passwordProfile !== undefined || !isDeepStrictEqual(changed, user));
}

const assignRole: Work = ({ body, caller }, world) => {
  const known = ['servicePrincipals', 'users'].some((kind) => world.store.find(kind, caller.tenant, body.principalId));
  if (!known) return notFound(`principal ${body.principalId}`);
  if (![GLOBAL_ADMINISTRATOR, BILLING_ADMINISTRATOR].includes(body.roleDefinitionId))
    return notFound('role definition');
  const place = ['directoryAssignments', caller.tenant, `${body.principalId}/${body.roleDefinitionId}`] as const;
  if (world.store.exists(...place)) return exists('The assignment', 'Conflict');
  const data = { id: randomUUID(), ...body };
  world.store.put(place, data);
  return done(201, data);
};

const addPassword: Work = ({ body, params, caller }, { store }) => {
  const { tenant } = caller;
  const app = store.find('applications', tenant, params['app']!);
  if (app === undefined) return notFound(`application ${params['app']}`);
  const place = ['passwords', tenant, `${params['app']}/${body.passwordCredential.displayName}`] as const;
  if (store.exists(...place)) return exists(place[2]);
  const principal = store.list('servicePrincipals', tenant).find((one) => one['appId'] === app['appId']);
  if (principal === undefined) return notFound('service principal of the application');
  const [secretText, keyId] = [randomUUID(), randomUUID()];
  store.put(place, { keyId });
  store.setSecret(String(app['appId']), { kind: 'principal', tenant, subject: String(principal['id']) }, secretText);
  return done(200, { secretText, keyId });
};

/** Takes an object and the place of its name away. */
const removeNamed =
  (kind: string, param: string, natural: string): Work =>
  (request, world) => {
    const { params, caller } = request;
    const found = kind === 'users' ? userOf(request, world) : world.store.find(kind, caller.tenant, params[param]!);
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

/** By the id of an assignment; it is kept by what it assigns. */
const removeAssignment =
  (kind: string, param: string): Work =>
  ({ params, caller }, world) => {
    const found = world.store.list(kind, caller.tenant).find((one) => one['id'] === params[param]);
    const role = found?.['roleDefinitionId'] ?? found?.['appRoleId'];
    return removeOnce(world, [kind, caller.tenant, `${String(found?.['principalId'])}/${String(role)}`]);
  };

const removePassword: Work = ({ params, body, caller }, { store }) => {
  const app = params['app']!;
  const place = store
    .places()
    .find(
      ({ collection, scope, name }) =>
        collection === 'passwords' && scope === caller.tenant && name.startsWith(`${app}/`),
    );
  if (place === undefined || store.find('passwords', caller.tenant, place.name)?.['keyId'] !== body.keyId)
    return notFound(app);
  store.remove('passwords', caller.tenant, place.name);
  return noContent(true);
};

export const directoryRoutes: readonly Route[] = [
  route('deleteApplication', 'DELETE', '/v1.0/applications/:app', removeNamed('applications', 'app', 'displayName')),
  route(
    'deleteServicePrincipal',
    'DELETE',
    '/v1.0/servicePrincipals/:principal',
    removeNamed('servicePrincipals', 'principal', 'appId'),
  ),
  byWriters(route('deleteUser', 'DELETE', '/v1.0/users/:user', removeNamed('users', 'user', 'userPrincipalName'))),
  route(
    'unassignDirectoryRole',
    'DELETE',
    `${DIRECTORY}/roleAssignments/:assignment`,
    removeAssignment('directoryAssignments', 'assignment'),
  ),
  route(
    'revokeAppRole',
    'DELETE',
    '/v1.0/servicePrincipals/:principal/appRoleAssignments/:assignment',
    removeAssignment('appRoles', 'assignment'),
  ),
  route('removePassword', 'POST', '/v1.0/applications/:app/removePassword', removePassword, object({ keyId: text })),
  route(
    'createApplication',
    'POST',
    '/v1.0/applications',
    ({ body, caller }, world) =>
      createOnce(world, caller.tenant, 'applications', body.displayName, {
        id: randomUUID(),
        appId: randomUUID(),
        ...body,
      }),
    object({ displayName: text }),
  ),
  route(
    'addPassword',
    'POST',
    '/v1.0/applications/:app/addPassword',
    addPassword,
    object({ passwordCredential: object({ displayName: text }) }),
  ),
  route(
    'createServicePrincipal',
    'POST',
    '/v1.0/servicePrincipals',
    ({ body, caller }, world) => {
      const app = world.store.list('applications', caller.tenant).find((one) => one['appId'] === body.appId);
      if (app === undefined) return notFound(`application ${body.appId}`);
      return createOnce(world, caller.tenant, 'servicePrincipals', body.appId, { id: randomUUID(), ...body });
    },
    object({ appId: text }),
  ),
  route('findServicePrincipal', 'GET', '/v1.0/servicePrincipals', ({ query, caller }, { store }) => {
    const appId = filtered(query, 'appId');
    const all = [graphPrincipal(caller.tenant), ...store.list('servicePrincipals', caller.tenant)];
    return seen(200, { value: all.filter((one) => appId === undefined || one['appId'] === appId) });
  }),
  route(
    'grantAppRole',
    'POST',
    '/v1.0/servicePrincipals/:principal/appRoleAssignments',
    ({ body, params, caller }, world) => {
      const principal = params['principal']!;
      if (world.store.find('servicePrincipals', caller.tenant, principal) === undefined) return notFound(principal);
      if (body.principalId !== principal || body.resourceId !== graphPrincipal(caller.tenant)['id'])
        return refused(400, 'Request_BadRequest', 'The grant names another principal or resource.');
      if (body.appRoleId !== READ_WRITE_ALL) return notFound(`app role ${body.appRoleId}`);
      const place = ['appRoles', caller.tenant, `${principal}/${body.appRoleId}`] as const;
      if (world.store.exists(...place)) return exists('The grant');
      const data = { id: randomUUID(), ...body };
      world.store.put(place, data);
      return done(201, data);
    },
    object({ principalId: text, resourceId: text, appRoleId: text }),
  ),
  route('listRoleDefinitions', 'GET', `${DIRECTORY}/roleDefinitions`, () =>
    seen(200, {
      value: [
        { id: BILLING_ADMINISTRATOR, displayName: 'Billing Administrator' },
        { id: GLOBAL_ADMINISTRATOR, displayName: 'Global Administrator' },
      ],
    }),
  ),
  byWriters(
    route(
      'assignDirectoryRole',
      'POST',
      `${DIRECTORY}/roleAssignments`,
      assignRole,
      object({ principalId: text, roleDefinitionId: text, resourceScope: Type.Literal('/') }),
    ),
  ),
  byWriters(
    route('getUser', 'GET', '/v1.0/users/:user', (request, world) => {
      const user = userOf(request, world);
      return user ? seen(200, user) : notFound(`user ${request.params['user']}`);
    }),
  ),
  byWriters(
    route(
      'createUser',
      'POST',
      '/v1.0/users',
      ({ body, caller }, world) => {
        const { passwordProfile: _hidden, ...data } = body;
        return createOnce(world, caller.tenant, 'users', body.userPrincipalName, { id: randomUUID(), ...data });
      },
      object({
        accountEnabled: Type.Boolean(),
        displayName: text,
        mailNickname: text,
        userPrincipalName: text,
        passwordProfile: object({
          forceChangePasswordNextSignIn: Type.Boolean(),
          password: Type.String({ minLength: 8 }),
        }),
      }),
    ),
  ),
  byWriters(
    route('findUsers', 'GET', '/v1.0/users', ({ query, caller }, { store }) => {
      const mail = filtered(query, 'mail');
      return seen(200, { value: store.list('users', caller.tenant).filter((user) => user['mail'] === mail) });
    }),
  ),
  byWriters(
    route(
      'invite',
      'POST',
      '/v1.0/invitations',
      ({ body, caller }, world) => {
        const user = { id: randomUUID(), mail: body.invitedUserEmailAddress, userType: 'Guest' };
        const made = createOnce(world, caller.tenant, 'users', user.mail as string, user);
        return made.applied ? done(201, { id: randomUUID(), invitedUser: { id: user.id } }) : made;
      },
      object({ invitedUserEmailAddress: text, inviteRedirectUrl: text, sendInvitationMessage: Type.Boolean() }),
    ),
  ),
  byWriters(route('updateUser', 'PATCH', '/v1.0/users/:user', patchUser, changes)),
  byWriters(
    route('listDirectoryRoles', 'GET', '/v1.0/directoryRoles', ({ caller }, { store }) =>
      seen(200, { value: store.list('directoryRoles', caller.tenant) }),
    ),
  ),
  byWriters(
    route(
      'activateDirectoryRole',
      'POST',
      '/v1.0/directoryRoles',
      ({ body, caller }, world) => {
        if (body.roleTemplateId !== BILLING_ADMINISTRATOR) return notFound('role template');
        return createOnce(world, caller.tenant, 'directoryRoles', body.roleTemplateId, { id: randomUUID(), ...body });
      },
      object({ roleTemplateId: text }),
    ),
  ),
];
