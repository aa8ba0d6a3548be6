/** What vault and subject keys throw. Messages name places, never values. */
export class VaultError extends Error {
  constructor(
    readonly code:
      'vault_wrong_key' | 'vault_damaged' | 'vault_unavailable' | 'vault_not_found' | 'vault_bad_reference',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'VaultError';
  }
}

const FAULTS: readonly unknown[] = ['vault_damaged', 'vault_unavailable'];

/** Whether the vault, of whatever kind, cannot do what it was asked until a person has mended it or what holds it lets go. */
export const isVaultFault = (error: unknown): boolean =>
  FAULTS.includes((error as { code?: unknown } | undefined)?.code);
