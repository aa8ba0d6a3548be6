const deny = (displayName: string, condition: object) =>
  ({
    displayName,
    policyType: 'Custom',
    mode: 'All',
    policyRule: { if: condition, then: { effect: 'deny' } },
  }) as const;

/** What nobody in the tenant may do, by the name of the policy. Azure Policy's own language. */
export const POLICY_DEFINITIONS = {
  'allowed-regions': deny('Resources only in the United States', {
    not: { field: 'location', in: ['eastus', 'westus', 'centralus', 'global'] },
  }),
  'no-public-ip': deny('No public IP addresses', { field: 'type', equals: 'Microsoft.Network/publicIPAddresses' }),
  'https-only-storage': deny('Storage accounts take only encrypted connections', {
    allOf: [
      { field: 'type', equals: 'Microsoft.Storage/storageAccounts' },
      { field: 'Microsoft.Storage/storageAccounts/supportsHttpsTrafficOnly', notEquals: true },
    ],
  }),
} as const;
