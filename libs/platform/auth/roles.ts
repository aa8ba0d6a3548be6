/** What a caller may do; each includes those before it. */
export const ACCESS_ROLES = ['read', 'operate', 'admin'] as const;
export type AccessRole = (typeof ACCESS_ROLES)[number];

export const isAccessRole = (text: string): text is AccessRole => (ACCESS_ROLES as readonly string[]).includes(text);

/** Whether one of the roles is the needed one or includes it. */
export const mayAct = (roles: readonly AccessRole[], needed: AccessRole): boolean =>
  roles.some((role) => ACCESS_ROLES.indexOf(role) >= ACCESS_ROLES.indexOf(needed));
