import { Type } from 'typebox';
import { subscriptionStream, type SubscriptionCommand } from '#subscription/published';
import { operationStep, step, workflow, type StepContext, type WorkflowDefinition } from '#workflow';
import { USER_GROUP_PRODUCT_ID, userGroupProduct } from './user-group.product.js';
import { USER_GROUP_RESOURCE } from './user-group.provisioner.js';

const text = Type.String();
const id = { subscription_id: text };
const subscription = Type.Object({
  subscription_id: text,
  product_id: text,
  customer_id: text,
  user_group: Type.Object({ group_name: text }),
});

const send = (
  context: StepContext,
  subscriptionId: string,
  command: SubscriptionCommand,
  purpose: string = command.type,
) => context.dispatch(subscriptionStream(subscriptionId), command, purpose);

/** Creates the subscription and its group in the directory. Form answers: group_name, and customer_id if wanted. */
export function createUserGroup(): WorkflowDefinition {
  return workflow(
    {
      key: 'create_user_group',
      version: 1,
      target: 'CREATE',
      description: 'Create user group',
      input: { group_name: text, customer_id: Type.Optional(text) },
    },
    [
      step({ key: 'init', name: 'Start' }),
      step({
        key: 'create_subscription',
        name: 'Create subscription',
        reads: { group_name: text, customer_id: Type.Optional(text) },
        adds: { ...id, subscription },
        async handler({ group_name, customer_id }, context) {
          const subscription_id = context.id('subscription');
          const customerId = customer_id ?? context.id('customer');
          const { productId, name: productName } = userGroupProduct;
          const description = `Initial subscription of ${userGroupProduct.description}`;
          const about = { productId, productName, customerId, description, processId: context.processId };
          await send(context, subscription_id, { type: 'CreateSubscription', ...about, time: context.now() });
          const user_group = { group_name };
          const subscription = {
            subscription_id,
            product_id: USER_GROUP_PRODUCT_ID,
            customer_id: customerId,
            user_group,
          };
          return { subscription_id, subscription };
        },
      }),
      step({
        key: 'store_process_subscription',
        name: 'Create Process Subscription relation',
        reads: id,
        async handler({ subscription_id }, context) {
          const { processId, workflow, target } = context;
          await send(context, subscription_id, {
            type: 'RelateProcess',
            processId,
            workflow,
            target,
            time: context.now(),
          });
          return {};
        },
      }),
      step({
        key: 'initialize_subscription',
        name: 'Initialize subscription',
        reads: { ...id, group_name: text },
        async handler({ subscription_id, group_name }, context) {
          const [time, processId] = [context.now(), context.processId];
          const values = { group_name };
          await send(context, subscription_id, { type: 'SetValues', block: 'user_group', values, processId, time });
          await send(context, subscription_id, {
            type: 'SetDescription',
            description: `User Group ${group_name}`,
            time,
          });
          await send(context, subscription_id, { type: 'SetStatus', status: 'provisioning', time });
          return {};
        },
      }),
      operationStep({
        key: 'provision_user_group',
        name: 'Provision user group',
        reads: { group_name: text },
        adds: { group_id: text },
        manifest: ({ group_name }, context) => ({
          needs: [
            { id: 'group', type: USER_GROUP_RESOURCE, parameters: { group_name, external_id: context.id('group') } },
          ],
        }),
        result: ({ group }) => ({ group_id: group!.id! }),
      }),
      step({
        key: 'set_status',
        name: "Set subscription to 'active'",
        reads: { ...id, group_id: text },
        async handler({ subscription_id, group_id }, context) {
          const [time, processId] = [context.now(), context.processId];
          const values = { group_id };
          await send(context, subscription_id, { type: 'SetValues', block: 'user_group', values, processId, time });
          await send(context, subscription_id, { type: 'SetStatus', status: 'active', time });
          return {};
        },
      }),
      step({
        key: 'resync',
        name: 'Unlock subscription',
        reads: id,
        async handler({ subscription_id }, context) {
          const { processId } = context;
          await send(context, subscription_id, { type: 'Resync', processId, time: context.now() });
          return {};
        },
      }),
      step({ key: 'done', name: 'Done' }),
    ],
  );
}
