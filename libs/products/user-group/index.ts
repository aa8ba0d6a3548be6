import type { Registration } from '../registration.js';
import { createUserGroup } from './create-user-group.workflow.js';
import { modifyUserGroup } from './modify-user-group.workflow.js';
import { reconcileUserGroup } from './reconcile-user-group.workflow.js';
import { terminateUserGroup } from './terminate-user-group.workflow.js';
import { userGroupOutside } from './user-group.external.js';
import { userGroupForms } from './user-group.forms.js';
import { userGroupProduct } from './user-group.product.js';
import { userGroupProvisioner } from './user-group.provisioner.js';
import { validateUserGroup } from './validate-user-group.workflow.js';

export { USER_GROUP_PRODUCT_ID } from './user-group.product.js';

export const userGroup: Registration = {
  products: [userGroupProduct],
  workflows({ directory }) {
    const outside = userGroupOutside(directory);
    return [
      createUserGroup(),
      modifyUserGroup(outside),
      terminateUserGroup(),
      validateUserGroup(outside),
      reconcileUserGroup(outside),
    ];
  },
  provisioners: ({ directory }) => [userGroupProvisioner(directory)],
  forms: userGroupForms,
};
