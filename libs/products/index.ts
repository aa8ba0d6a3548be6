import { Catalogue, type Product } from '#catalogue';
import { WorkflowRegistry, type FormPage, type WorkflowDefinition } from '#workflow';
import { createUserGroupForm } from './user-group/create-user-group.form.js';
import { createUserGroup } from './user-group/create-user-group.workflow.js';
import type { Provisioner } from '#provisioning';
import type { DirectoryPort } from './directory/directory.port.js';
import { userGroupProduct } from './user-group/user-group.product.js';
import { userGroupProvisioner } from './user-group/user-group.provisioner.js';

export { ldapDirectory } from './directory/ldap/ldap-directory.js';
export type { LdapSettings } from './directory/ldap/ldap-session.js';
export { scimDirectory } from './directory/scim/scim-directory.js';
export type * from './directory/directory.port.js';
export { USER_GROUP_PRODUCT_ID, type UserGroup } from './user-group/user-group.product.js';

/** What products need of the world outside. */
export interface ProductPorts {
  readonly directory: DirectoryPort;
}

interface Registration {
  readonly product: Product;
  readonly workflows: readonly WorkflowDefinition[];
  /** Of the resource types its workflows need. */
  readonly provisioners: (ports: ProductPorts) => readonly Provisioner[];
  /** Form pages by workflow key. */
  readonly forms: Readonly<Record<string, readonly FormPage[]>>;
}

/** One line per product. */
const registrations: readonly Registration[] = [
  {
    product: userGroupProduct,
    workflows: [createUserGroup()],
    provisioners: ({ directory }) => [userGroupProvisioner(directory)],
    forms: { create_user_group: createUserGroupForm },
  },
];

export const catalogue = new Catalogue(registrations.map((each) => each.product));

/** Definitions, forms and provisioners of all products; `more` are definitions that belong to no product. */
export function productRegistry(ports: ProductPorts, more: readonly WorkflowDefinition[] = []) {
  const forms: Readonly<Record<string, readonly FormPage[]>> = Object.assign(
    {},
    ...registrations.map((each) => each.forms),
  );
  const workflows = new WorkflowRegistry([...registrations.flatMap((each) => each.workflows), ...more]);
  const provisioners = registrations.flatMap((each) => each.provisioners(ports));
  return {
    catalogue,
    workflows,
    provisioners,
    formOf: (workflow: string): readonly FormPage[] => forms[workflow] ?? [],
  };
}
