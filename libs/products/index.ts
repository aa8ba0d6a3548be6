import { Catalogue, type Product } from '#catalogue';
import { WorkflowRegistry, type FormPage, type LiveData, type WorkflowDefinition } from '#workflow';
import { l2vpn } from './l2vpn/index.js';
import type { ProductPorts, Registration } from './registration.js';
import { userGroup } from './user-group/index.js';
import { MODIFY_NOTE, modifyNote, modifyNoteForm } from './standard/modify-note.js';
import { user } from './user/index.js';

export { ldapDirectory } from './directory/ldap/ldap-directory.js';
export type { LdapSettings } from './directory/ldap/ldap-session.js';
export { scimDirectory } from './directory/scim/scim-directory.js';
export type * from './directory/directory.port.js';
export { L2VPN_PRODUCT_ID } from './l2vpn/index.js';
export { httpNetwork } from './network/http-network.js';
export type * from './network/network.port.js';
export type { ProductPorts } from './registration.js';
export { USER_GROUP_PRODUCT_ID } from './user-group/index.js';
export { USER_EXTERNAL_PRODUCT_ID, USER_INTERNAL_PRODUCT_ID } from './user/index.js';

/** One line per product. */
const registrations: readonly Registration[] = [userGroup, user, l2vpn];

/** What every product offers beside its own. */
const offering = (product: Product): Product => ({ ...product, workflows: [...product.workflows, MODIFY_NOTE] });

export const catalogue = new Catalogue(registrations.flatMap((each) => each.products.map(offering)));

/** Definitions, forms and provisioners of all products; `more` are definitions that belong to no product. */
export function productRegistry(ports: ProductPorts, more: readonly WorkflowDefinition[] = []) {
  const forms: Readonly<Record<string, readonly FormPage<LiveData>[]>> = Object.assign(
    { [MODIFY_NOTE.name]: modifyNoteForm },
    ...registrations.map((each) => each.forms),
  );
  const workflows = new WorkflowRegistry([
    ...registrations.flatMap((each) => each.workflows(ports)),
    modifyNote,
    ...more,
  ]);
  const provisioners = registrations.flatMap((each) => each.provisioners(ports));
  return {
    catalogue,
    workflows,
    provisioners,
    formOf: (workflow: string): readonly FormPage<LiveData>[] => forms[workflow] ?? [],
  };
}
