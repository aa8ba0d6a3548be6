import { Type } from 'typebox';
import { resultOf, text } from '../../define-stage.js';
import * as shared from './shared.js';

const some = Type.Optional(text);
const purchase = { premium_purchase_date: 'properties.purchaseDate' } as const;
const url = 'product_purchase_verify_url';
const retryAfter = 'product_purchase_retry_after';

const creation = shared.azureStage({
  name: 'PRODUCT_PURCHASE',
  label: 'product purchase',
  payload: {
    tenant_id: shared.tenantId,
    billing_account_name: shared.billingAccount,
    billing_profile_name: shared.profileName,
    premium_licences: { schema: Type.Integer(), from: { fact: 'premium_licences', otherwise: 5 } },
  },
  calls: [
    {
      api: 'arm',
      method: 'POST',
      path: `${shared.BILLING_PROFILE}/purchaseProduct`,
      query: shared.BILLING,
      token: 'root',
      body: {
        type: 'AADPremium',
        sku: 'AADP1',
        productProperties: { beneficiaryTenantId: '{tenant_id}' },
        quantity: '{premium_licences}',
      },
      take: purchase,
    },
  ],
  undo: { cannot: 'licences are not given back: they end with their term' },
  begins: { url, retryAfter },
  result: { [url]: some, [retryAfter]: Type.Optional(Type.Number()), premium_purchase_date: some },
  either: [url, 'premium_purchase_date'],
});

const verification = shared.azureStage({
  name: 'PRODUCT_PURCHASE_VERIFICATION',
  label: 'product purchase verification',
  payload: {
    ...shared.operationOf('PRODUCT_PURCHASE', url, retryAfter),
    premium_purchase_date: resultOf('PRODUCT_PURCHASE', 'premium_purchase_date', some),
  },
  awaits: { url, retryAfter, token: 'root', take: purchase },
  completion: shared.OPERATION,
  result: { premium_purchase_date: text },
});

export const productPurchaseStages = [creation, verification];
