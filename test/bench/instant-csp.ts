import { randomUUID } from 'node:crypto';
import type { Fetch } from '#csp';

interface Options {
  /** Billing profiles are accepted and then never ready: the portfolios wait for their CSP. */
  readonly neverReady: boolean;
}
type Said = readonly [status: number, body: object, headers?: Record<string, string>];

const id = randomUUID;
const profile = () => ({
  id: `/profiles/${id()}`,
  name: id(),
  properties: {
    displayName: 'p',
    invoiceSections: [{ id: id(), name: 's' }],
    enabledAzurePlans: [{ skuId: '0001' }],
    purchaseDate: '2026-01-01',
    scope: '/',
  },
});

/** An Azure that answers at once, whatever it is asked, with everything any stage takes from an answer. */
export const instantCsp =
  ({ neverReady }: Options): Fetch =>
  async (url, { method }) => {
    const [status, body, headers = {}] = answer(method, new URL(url).pathname, neverReady);
    return {
      status,
      headers: { get: (name) => headers[name] ?? null },
      body: (async function* () {
        yield Buffer.from(JSON.stringify(body));
      })(),
    };
  };

function answer(method: string, path: string, neverReady: boolean): Said {
  if (path.endsWith('/token')) return [200, { access_token: id(), expires_in: 3_600 }];
  if (path.endsWith('/createTenant')) return [200, { userId: 'u', tenantId: id(), objectId: id(), domainName: 'd' }];
  if (neverReady && (path.endsWith('/billingProfiles') || path.includes('/operations/')))
    return [202, {}, { location: `/csp/azure/arm/operations/${id()}`, 'retry-after': '3600' }];
  if (method === 'GET' && /roleDefinitions|servicePrincipals|directoryRoles|roleAssignments/.test(path))
    return [200, { value: [listed()] }];
  return [200, { ...profile(), appId: id(), secretText: id(), keyId: id() }];
}

const listed = () => ({
  id: id(),
  name: id(),
  displayName: 'Global Administrator',
  appId: '00000003-0000-0000-c000-000000000000',
  roleTemplateId: 'b0f54661-2d74-4c50-afa3-1ec803f12efe',
  properties: { scope: '/', roleDefinitionId: '-' },
});
