import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Type, type TSchema } from 'typebox';
import { done, filtered, noContent, notFound, seen } from './answers.js';
import type { AzureRequest, Data } from './azure.types.js';
import { byWriters, createOnce, object, removeNamed, route, text } from './directory.parts.js';
import type { AzureWorld, Route } from './route.js';

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

export const userRoutes: readonly Route[] = [
  byWriters(
    route('deleteUser', 'DELETE', '/v1.0/users/:user', removeNamed('users', 'user', 'userPrincipalName', userOf)),
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
];
