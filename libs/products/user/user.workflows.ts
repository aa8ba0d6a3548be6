import { Type } from 'typebox';
import { operationStep, type WorkflowDefinition } from '#workflow';
import {
  comparedFirst,
  createSubscription,
  createWorkflow,
  id,
  loaded,
  modifyWorkflow,
  moveTo,
  reconcileWorkflow,
  recordStep,
  storeProcessSubscription,
  terminateWorkflow,
  validateWorkflow,
} from '../standard/index.js';
import type { userOutside } from './user.external.js';
import { group, referenceTo, releaseFormerGroup, reserveUserGroup } from './user.group-step.js';
import { activeUser, affiliationOf, anyUser, userProducts } from './user.product.js';
import { USER_RESOURCE } from './user.provisioner.js';

const text = Type.String();
/** Form answers. */
const asked = { username: text, age: Type.Optional(Type.Union([Type.Integer(), Type.Null()])), user_group_id: text };
const subscription = { subscription: loaded({}) };
type Outside = ReturnType<typeof userOutside>;

const described = {
  reads: { ...group, ...subscription, username: text },
  description: (state: { username: string; group: { group_name: string }; subscription: { product_id: string } }) =>
    `User ${state.username} from group ${state.group.group_name} (${affiliationOf(state.subscription.product_id)})`,
};
const recorded = {
  reads: { ...asked, ...group },
  values: ({
    username,
    age,
    group: { subscription_id },
  }: {
    username: string;
    age?: number | null;
    group: { subscription_id: string };
  }) => ({
    user: { group: referenceTo(subscription_id), username, age: age ?? null },
  }),
};

/** Creates the subscription, its user in the directory and the membership. Form answers: product, username, age, user_group_id. */
export const createUser = (): WorkflowDefinition =>
  createWorkflow(
    {
      key: 'create_user',
      version: 1,
      description: 'Create user',
      input: { ...asked, product: text, customer_id: Type.Optional(text) },
      activation: { reads: { user_id: text }, values: ({ user_id }) => ({ user: { user_id } }) },
    },
    [
      createSubscription(...userProducts),
      storeProcessSubscription({}),
      reserveUserGroup,
      recordStep({
        key: 'initialize_subscription',
        name: 'Initialize subscription',
        ...recorded,
        reads: { ...recorded.reads, ...described.reads },
        description: described.description,
        status: 'provisioning',
      }),
      operationStep({
        key: 'provision_user',
        name: 'Provision user',
        reads: { ...id, ...group, ...subscription, username: text },
        adds: { user_id: text },
        manifest: ({ subscription_id, username, group: { group_id }, subscription: { product_id } }) => {
          const about = { username, affiliation: affiliationOf(product_id), group_id, external_id: subscription_id };
          return { needs: [{ id: 'user', type: USER_RESOURCE, parameters: about }] };
        },
        result: ({ user }) => ({ user_id: user!.id! }),
      }),
    ],
  );

/** Changes name, age or group. Form answers: username, age, user_group_id. */
export const modifyUser = ({ update }: Outside): WorkflowDefinition =>
  modifyWorkflow(
    { key: 'modify_user', ...comparedFirst('user'), description: 'Modify user', blocks: activeUser, input: asked },
    [
      reserveUserGroup,
      moveTo('provisioning'),
      recordStep({ key: 'update_subscription', name: 'Update subscription', ...recorded, blocks: activeUser }),
      recordStep({ key: 'update_subscription_description', name: 'Update subscription description', ...described }),
      moveTo('active'),
      ...update,
      releaseFormerGroup,
    ],
  );

/** Takes the user out of the directory, and with that out of its group. One that is gone already counts as deprovisioned. */
export const terminateUser = (): WorkflowDefinition =>
  terminateWorkflow(
    { key: 'terminate_user', version: 1, description: 'Terminate user', blocks: anyUser, reserved: ['user_group_id'] },
    [
      operationStep({
        key: 'deprovision_user',
        name: 'Deprovision user',
        reads: { subscription: loaded(anyUser) },
        manifest: ({ subscription: { subscription_id } }) => ({
          needs: [{ id: 'user', type: USER_RESOURCE, parameters: { external_id: subscription_id } }],
        }),
        adopted: ({ subscription: { user } }) => ({ user: user?.user_id === undefined ? {} : { id: user.user_id } }),
        result: () => ({}),
      }),
    ],
  );

/** Compares the user and its membership with the directory, and changes nothing there. */
export const validateUser = ({ validate }: Outside): WorkflowDefinition =>
  validateWorkflow({ key: 'validate_user', version: 1, description: 'Validate user', blocks: activeUser }, validate);

/** Applies what is recorded to the directory once more. */
export const reconcileUser = ({ update }: Outside): WorkflowDefinition => {
  const meta = { key: 'reconcile_user', description: 'Reconcile user', blocks: activeUser };
  return reconcileWorkflow({ ...meta, ...comparedFirst('user') }, update);
};
