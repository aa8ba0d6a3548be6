/**
 * Names under which a stage plan may carry personal data, wherever they occur (facts, a stage's payload or result). Events are
 * encrypted by path, so a plan that marks another field personal is refused when it is registered.
 */
export const PERSONAL_FIELDS = [
  'user_id',
  'first_name',
  'last_name',
  'password_recovery_email_address',
  'address.company_name',
  'address.address_line_1',
  'address.city',
  'address.postal_code',
] as const;

/** Those names below each of the given event fields, in the dot form of the event codec. */
export const personalBelow = (...roots: readonly string[]): readonly string[] =>
  roots.flatMap((root) => PERSONAL_FIELDS.map((field) => `${root}.${field}`));
