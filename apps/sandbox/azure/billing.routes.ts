import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Type } from 'typebox';
import { jsonAnswer } from '../sandbox.types.js';
import { done, exists, notFound, putOnce, refused, removeOnce, seen } from './answers.js';
import type { AzureRequest, Data } from './azure.types.js';
import type { AzureWorld, Route } from './route.js';

const BASE = '/providers/Microsoft.Billing/billingAccounts/:account';
const PROFILE = `${BASE}/billingProfiles/:profile`;
const OWNER = '40000000-aaaa-bbbb-cccc-100000000000';

const text = Type.String({ minLength: 1 });
const strict = { additionalProperties: false };
const route = (
  name: string,
  method: Route['method'],
  path: string,
  work: Route['work'],
  body?: Route['body'],
): Route => ({
  name,
  api: 'arm',
  method,
  path,
  version: '2019-10-01-preview',
  callers: ['root'],
  work,
  ...(body && { body }),
});

const idOf = ({ account, profile }: AzureRequest['params']): string =>
  `/providers/Microsoft.Billing/billingAccounts/${account}/billingProfiles/${profile}`;
const profileOf = ({ params }: AzureRequest, { store }: AzureWorld): Data | undefined =>
  store.find('billingProfiles', params['account']!, params['profile']!);
const operations = ({ params }: AzureRequest, kind: string): string =>
  `/providers/Microsoft.Billing/billingAccounts/${params['account']}/${kind}`;

/** Within a profile: only if there is one. */
const inProfile =
  (work: (request: AzureRequest, world: AzureWorld, profile: Data) => ReturnType<Route['work']>): Route['work'] =>
  (request, world) => {
    const profile = profileOf(request, world);
    return profile ? work(request, world, profile) : notFound(`billing profile ${request.params['profile']}`);
  };

const Address = Type.Object(
  { companyName: text, addressLine1: text, city: text, region: text, country: text, postalCode: text },
  strict,
);

const create = route(
  'createBillingProfile',
  'POST',
  `${BASE}/billingProfiles`,
  (request, world) => {
    const { body, params } = request;
    const account = params['account']!;
    if (world.store.find('tenants', '', body.tenantId) === undefined) return notFound(`tenant ${body.tenantId}`);
    const natural = `${body.tenantId}/${body.displayName}`;
    const taken = world.store.find('billingProfileNames', account, natural);
    if (taken && world.store.exists('billingProfiles', account, String(taken['name']))) return exists(natural);
    const name = randomUUID().slice(0, 13).toUpperCase();
    world.store.put(['billingProfileNames', account, natural], { name });
    const section = { id: `${idOf({ account, profile: name })}/invoiceSections/${name}-S`, name: `${name}-S` };
    const properties = { ...body, invoiceSections: [section] };
    const data = { id: idOf({ account, profile: name }), name, properties };
    return world.operations.begin(
      request,
      ['billingProfiles', account, name],
      data,
      operations(request, 'operationResults'),
      'location',
    );
  },
  Type.Object(
    { tenantId: text, displayName: text, address: Type.Optional(Address), enabledAzurePlans: Type.Array(Type.Any()) },
    strict,
  ),
);

const result = route(
  'billingOperation',
  'GET',
  `${BASE}/operationResults/:operation`,
  ({ params }, { operations: all }) => ({
    answer: all.poll(params['operation']!, (data) => jsonAnswer(200, data)),
    applied: false,
  }),
);

const access = route(
  'createBillingRoleAssignment',
  'POST',
  `${PROFILE}/createBillingRoleAssignment`,
  inProfile(({ body, params }, { store }) => {
    if (!String(body.billingRoleDefinitionId).endsWith(OWNER)) return notFound('billing role definition');
    if (store.find('users', body.principalTenantId, body.principalId) === undefined) return notFound('principal');
    const scope = idOf(params);
    if (store.exists('billingRoles', scope, body.principalId))
      return exists('The assignment', 'BillingRoleAssignmentExists');
    const name = `${OWNER}_${randomUUID()}`;
    const data = { id: `${scope}/billingRoleAssignments/${name}`, name, properties: body };
    store.put(['billingRoles', scope, body.principalId], data);
    return done(201, data);
  }),
  Type.Object({ principalTenantId: text, principalId: text, billingRoleDefinitionId: text }, strict),
);

const plans = route(
  'enableAzurePlans',
  'PATCH',
  PROFILE,
  inProfile((request, { operations: all }, profile) => {
    const properties = profile['properties'] as Data;
    const { value } = request.body[0];
    if (isDeepStrictEqual(properties['enabledAzurePlans'], value)) return seen(200, profile);
    const data = { ...profile, properties: { ...properties, enabledAzurePlans: value } };
    const place = ['billingProfiles', request.params['account']!, request.params['profile']!] as const;
    return all.begin(request, place, data, operations(request, 'operationResults'), 'location');
  }),
  Type.Array(
    Type.Object(
      {
        op: Type.Literal('replace'),
        path: Type.Literal('/enabledAzurePlans'),
        value: Type.Array(Type.Object({ skuId: Type.Literal('0001') }, strict)),
      },
      strict,
    ),
    { minItems: 1, maxItems: 1 },
  ),
);

const instruct = route(
  'billingInstruction',
  'PUT',
  `${PROFILE}/instructions/:instruction`,
  inProfile(({ body, params }, world) => {
    const name = params['instruction']!;
    if (body.properties.startDate > body.properties.endDate)
      return refused(400, 'BadPeriod', 'It ends before it begins.');
    const scope = idOf(params);
    return putOnce(world, ['instructions', scope, name], { id: `${scope}/instructions/${name}`, name, ...body });
  }),
  Type.Object({ properties: Type.Object({ amount: Type.Number(), startDate: text, endDate: text }, strict) }, strict),
);

const purchase = route(
  'purchaseProduct',
  'POST',
  `${PROFILE}/purchaseProduct`,
  inProfile((request, { store, operations: all }) => {
    const { body, params } = request;
    const tenant = body.productProperties.beneficiaryTenantId;
    if (store.find('tenants', '', tenant) === undefined) return notFound(`tenant ${tenant}`);
    const scope = idOf(params);
    if (store.exists('purchases', scope, body.sku)) return exists('The purchase', 'AlreadyPurchased');
    const data = { name: body.sku, properties: { ...body, purchaseDate: new Date().toISOString() } };
    return all.begin(
      request,
      ['purchases', scope, body.sku],
      data,
      operations(request, 'operationResults'),
      'location',
    );
  }),
  Type.Object(
    {
      type: Type.Literal('AADPremium'),
      sku: Type.Literal('AADP1'),
      productProperties: Type.Object({ beneficiaryTenantId: text }, strict),
      quantity: Type.Integer({ minimum: 1 }),
    },
    strict,
  ),
);

const removeProfile = route(
  'deleteBillingProfile',
  'DELETE',
  PROFILE,
  inProfile(({ params }, world, profile) => {
    const { tenantId, displayName } = profile['properties'] as Data;
    world.store.remove('billingProfileNames', params['account']!, `${String(tenantId)}/${String(displayName)}`);
    return removeOnce(world, ['billingProfiles', params['account']!, params['profile']!]);
  }),
);

const removeAccess = route(
  'deleteBillingRoleAssignment',
  'DELETE',
  `${PROFILE}/billingRoleAssignments/:assignment`,
  inProfile(({ params }, world) => {
    const scope = idOf(params);
    const found = world.store.list('billingRoles', scope).find((one) => one['name'] === params['assignment']);
    const principal = String((found?.['properties'] as Data | undefined)?.['principalId']);
    return removeOnce(world, ['billingRoles', scope, principal]);
  }),
);

const removeInstruction = route(
  'deleteBillingInstruction',
  'DELETE',
  `${PROFILE}/instructions/:instruction`,
  inProfile(({ params }, world) => removeOnce(world, ['instructions', idOf(params), params['instruction']!])),
);

const subscribe = route(
  'createSubscription',
  'POST',
  `${PROFILE}/invoiceSections/:section/providers/Microsoft.Subscription/createSubscription`,
  inProfile((request, { store, operations: all }, profile) => {
    const { body, params } = request;
    const { invoiceSections, tenantId } = profile['properties'] as { invoiceSections: Data[]; tenantId: string };
    if (!invoiceSections.some(({ name }) => name === params['section']))
      return notFound(`section ${params['section']}`);
    if (store.find('groups', tenantId, body.managementGroupId) === undefined) return notFound('management group');
    const place = ['subscriptions', tenantId, body.managementGroupId] as const;
    if (store.exists(...place)) return exists('The subscription');
    const data = { properties: { ...body, subscriptionId: randomUUID() } };
    return all.begin(request, place, data, operations(request, 'operationResults'), 'location');
  }),
  Type.Object({ displayName: text, skuId: Type.Literal('0001'), managementGroupId: text }, strict),
);

/** A cancelled subscription is gone as far as anybody can use it. */
const cancel: Route = {
  name: 'cancelSubscription',
  api: 'arm',
  method: 'POST',
  path: '/subscriptions/:subscription/providers/Microsoft.Subscription/cancel',
  version: '2020-09-01',
  callers: ['root'],
  work: ({ params }, world) => {
    const found = world.store
      .all('subscriptions')
      .find(({ data }) => (data['properties'] as Data)['subscriptionId'] === params['subscription']);
    if (found === undefined) return notFound(`subscription ${params['subscription']}`);
    world.store.remove('subscriptions', found.scope, found.name);
    return done(200, { subscriptionId: params['subscription'] });
  },
};

export const billingRoutes: readonly Route[] = [
  cancel,
  create,
  result,
  access,
  plans,
  instruct,
  purchase,
  subscribe,
  removeProfile,
  removeAccess,
  removeInstruction,
];
