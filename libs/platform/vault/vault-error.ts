/** What vault and subject keys throw. Messages name places, never values. */
export class VaultError extends Error {
  constructor(
    readonly code: 'vault_wrong_key' | 'vault_damaged' | 'vault_not_found' | 'vault_bad_reference',
    message: string,
  ) {
    super(message);
    this.name = 'VaultError';
  }
}
