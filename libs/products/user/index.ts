import type { Registration } from '../registration.js';
import { userOutside } from './user.external.js';
import { userForms } from './user.forms.js';
import { userProducts } from './user.product.js';
import { userProvisioner } from './user.provisioner.js';
import { createUser, modifyUser, reconcileUser, terminateUser, validateUser } from './user.workflows.js';

export { USER_EXTERNAL_PRODUCT_ID, USER_INTERNAL_PRODUCT_ID } from './user.product.js';

export const user: Registration = {
  products: userProducts,
  workflows({ directory }) {
    const outside = userOutside(directory);
    return [createUser(), modifyUser(outside), terminateUser(), validateUser(outside), reconcileUser(outside)];
  },
  provisioners: ({ directory }) => [userProvisioner(directory)],
  forms: userForms,
};
