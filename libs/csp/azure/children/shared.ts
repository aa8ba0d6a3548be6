import { Type } from 'typebox';
import { defineStage, fact, resultOf, secret, text } from '../../define-stage.js';

/** Waits for as long as people take with the parent. */
const PARENT = { kind: 'poll', everyMs: 2_000, deadlineMs: 365 * 24 * 3_600_000 } as const;

/** Facts every child has. */
export const id = Type.String({ pattern: '^[0-9a-fA-F-]{36}$' });
export const displayName = Type.String({ minLength: 1, maxLength: 90 });

/** The first stage of a child: what it needs of its parent is there when the parent is complete. */
export const parentStage = (
  prefix: string,
  name: string,
  [from, of]: readonly [fact: string, csp: string],
  take: Readonly<Record<string, string>>,
  secrets: readonly string[] = [],
) =>
  defineStage(prefix, {
    name,
    label: name.toLowerCase().replaceAll('_', ' '),
    payload: { [from]: fact(from, id) },
    parent: { fact: from, of, take },
    completion: PARENT,
    result: Object.fromEntries(Object.keys(take).map((field) => [field, secrets.includes(field) ? secret : text])),
  });

/** What signs in as the tenant's principal, of a portfolio on version 2. */
export const PRINCIPAL = {
  tenant_id: 'TENANT.tenant_id',
  principal_app_id: 'TENANT_PRINCIPAL_APP.principal_app_id',
  principal_client_secret: 'TENANT_PRINCIPAL_CREDENTIAL.principal_client_secret',
} as const;
export const SECRETS = ['principal_client_secret'] as const;

/** The same from a child, which keeps what it took of its own parent. */
export const principalOf = (stage: string) => ({
  tenant_id: `${stage}.tenant_id`,
  principal_app_id: `${stage}.principal_app_id`,
  principal_client_secret: `${stage}.principal_client_secret`,
});

/** Fields of a later stage that signs in with what the stage took. */
export const signIn = (stage: string) => ({
  tenant_id: resultOf(stage, 'tenant_id'),
  principal_app_id: resultOf(stage, 'principal_app_id'),
  principal_client_secret: resultOf(stage, 'principal_client_secret', secret),
});
