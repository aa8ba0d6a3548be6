import { randomUUID } from 'node:crypto';
import { Type } from 'typebox';
import { done, exists, filtered, noContent, notFound, refused, removeOnce, seen } from './answers.js';
import type { Data } from './azure.types.js';
import {
  byWriters,
  createOnce,
  GLOBAL_ADMINISTRATOR,
  object,
  READ_WRITE_ALL,
  removeNamed,
  route,
  text,
  type Work,
} from './directory.parts.js';
import type { Route } from './route.js';

const BILLING_ADMINISTRATOR = 'b0f54661-2d74-4c50-afa3-1ec803f12efe';
const GRAPH_APP = '00000003-0000-0000-c000-000000000000';
const DIRECTORY = '/beta/roleManagement/directory';

/** Graph's own principal has the same id in a tenant for ever. */
const graphPrincipal = (tenant: string): Data => ({
  id: `graph-of-${tenant}`,
  appId: GRAPH_APP,
  appRoles: [{ id: READ_WRITE_ALL, value: 'Directory.ReadWrite.All' }],
});

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
