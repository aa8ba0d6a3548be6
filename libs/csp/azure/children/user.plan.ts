import { Type } from 'typebox';
import type { StagePlan } from '#portfolio';
import { constant, defineStage, fact, text } from '../../define-stage.js';
import { recoveryEmail, remove } from '../stages/shared.js';
import { id, parentStage, PRINCIPAL, SECRETS, signIn } from './shared.js';

const prefix = 'azure.user.1';

/** Who was invited before is found instead of invited again, whatever number of applications they are in. */
const invitation = defineStage(prefix, {
  name: 'INVITATION',
  label: 'invitation',
  payload: {
    ...signIn('PORTFOLIO'),
    password_recovery_email_address: recoveryEmail,
    redirect_url: constant('https://portal.azure.com'),
  },
  calls: [
    {
      name: 'find',
      api: 'graph',
      method: 'GET',
      path: '/v1.0/users',
      query: { $filter: "mail eq '{password_recovery_email_address}'" },
      token: 'principal',
      find: { in: 'value', where: { userType: 'Guest' } },
      take: { user_object_id: 'id' },
    },
    {
      name: 'invite',
      api: 'graph',
      method: 'POST',
      path: '/v1.0/invitations',
      token: 'principal',
      unless: 'user_object_id',
      body: {
        invitedUserEmailAddress: '{password_recovery_email_address}',
        inviteRedirectUrl: '{redirect_url}',
        sendInvitationMessage: true,
      },
      take: { user_object_id: 'invitedUser.id', invitation_id: 'id' },
    },
  ],
  // Whom somebody else had invited stays with that one.
  undo: {
    calls: [remove({ api: 'graph', path: '/v1.0/users/{user_object_id}', token: 'principal', when: 'invitation_id' })],
  },
  result: { user_object_id: text, invitation_id: Type.Optional(text) },
});

/** A person in the tenant of a portfolio. */
export const userPlan: StagePlan = {
  csp: 'azure.user',
  name: 'azure.user',
  version: 1,
  hasChildren: true,
  facts: Type.Object(
    {
      portfolio_id: id,
      password_recovery_email_address: fact('password_recovery_email_address', recoveryEmail.schema).schema,
    },
    { additionalProperties: false },
  ),
  stages: [parentStage(prefix, 'PORTFOLIO', ['portfolio_id', 'azure'], PRINCIPAL, SECRETS), invitation],
};
