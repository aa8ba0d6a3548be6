import { Type, type Static } from 'typebox';

/** What a provisioner is sent: POST to its endpoint, JSON, the same bytes in every attempt. Source of the published OpenAPI document. */
export const ProvisionerRequestSchema = Type.Object({
  operationId: Type.String(),
  needId: Type.String({ description: 'unique in the operation' }),
  type: Type.Enum(['provision', 'deprovision']),
  resource: Type.Object(
    {
      type: Type.String({ description: 'the resource type you are registered for' }),
      id: Type.Optional(Type.String({ description: 'on deprovision: the id you gave' })),
      address: Type.Optional(
        Type.Record(Type.String(), Type.Unknown(), { description: 'on deprovision: the address you gave' }),
      ),
    },
    {
      description:
        'On deprovision the very resource you made. Without an address its outcome was never known here: take back whatever you made for this need, and answer 200 when there is nothing.',
    },
  ),
  parameters: Type.Record(Type.String(), Type.Unknown()),
  callbackUrl: Type.String({ format: 'uri', description: 'bound to the Idempotency-Key, the same in every attempt' }),
  deadline: Type.Optional(Type.String({ format: 'date-time', description: 'an answer is expected until then' })),
});
export type ProvisionerRequest = Static<typeof ProvisionerRequestSchema>;

/** What provisioners answer with 200 or 201, and as `result` of a callback that says done. Empty for deprovision. */
export const ProvisionerResultSchema = Type.Object({
  id: Type.Optional(Type.String({ maxLength: 500 })),
  address: Type.Record(Type.String(), Type.Unknown(), { description: 'where the resource is found' }),
  secret: Type.Optional(
    Type.Unknown({ description: 'goes to the vault; only a reference to it is kept with the operation' }),
  ),
});
