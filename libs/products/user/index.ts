import type { Registration } from '../registration.js';
import { compareUser, updateUserInExternalSystems } from './user.external.js';
import { userForms } from './user.forms.js';
import { userProducts } from './user.product.js';
import { userProvisioner } from './user.provisioner.js';
import { createUser, modifyUser, reconcileUser, terminateUser, validateUser } from './user.workflows.js';

export { USER_EXTERNAL_PRODUCT_ID, USER_INTERNAL_PRODUCT_ID } from './user.product.js';

export const user: Registration = {
  products: userProducts,
  workflows({ directory }) {
    const external = updateUserInExternalSystems(directory);
    return [
      createUser(),
      modifyUser(external),
      terminateUser(),
      validateUser(compareUser(directory)),
      reconcileUser(external),
    ];
  },
  provisioners: ({ directory }) => [userProvisioner(directory)],
  forms: userForms,
};
