import { randomUUID } from 'node:crypto';
import { Type } from 'typebox';
import { done, exists } from './answers.js';
import type { Route } from './route.js';

const text = Type.String({ minLength: 1 });

export const signUpRoutes: readonly Route[] = [
  {
    name: 'createTenant',
    api: 'arm',
    method: 'POST',
    path: '/providers/Microsoft.SignUp/createTenant',
    version: '2020-01-01-preview',
    callers: ['root'],
    body: Type.Object(
      {
        userId: text,
        password: Type.String({ minLength: 8 }),
        domainName: Type.String({ pattern: '^[a-z0-9]{1,50}$' }),
        firstName: text,
        lastName: text,
        countryCode: Type.String({ pattern: '^[A-Z]{2}$' }),
        passwordRecoveryEmailAddress: Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$' }),
      },
      { additionalProperties: false },
    ),
    work: ({ body }, { store }) => {
      const { userId, password, domainName } = body;
      if (store.exists('domains', '', domainName)) return exists(`Domain ${domainName}`, 'DomainNameTaken');
      const [tenant, subject] = [randomUUID(), randomUUID()];
      const login = `${userId}@${domainName}.onmicrosoft.com`;
      store.put(['domains', '', domainName], { tenantId: tenant });
      store.put(['tenants', '', tenant], { tenantId: tenant, domainName });
      store.put(['users', tenant, subject], { id: subject, userPrincipalName: login });
      store.setSecret(login, { kind: 'admin', tenant, subject }, password);
      return done(200, { userId, tenantId: tenant, objectId: subject, domainName });
    },
  },
];
