import { Type, type Static } from 'typebox';
import type { RetryPolicy } from '#runtime';

/** Keys of needs are parts of request keys: no slash. */
export const NEED_ID = '^[A-Za-z0-9_.-]{1,64}$';
const DAY_MS = 24 * 3_600_000;

/** Most characters of a need's parameters as JSON: with the resource they are frozen in one intent, which has to fit an append. */
export const LARGEST_PARAMETERS = 128 * 1024;
/** Most characters of what is recorded of a resource as JSON: where it is found, not what is in it. */
export const LARGEST_RESOURCE = 64 * 1024;

export const NeedSchema = Type.Object(
  {
    id: Type.String({ pattern: NEED_ID, description: 'unique in the manifest' }),
    type: Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'resource type; a provisioner is registered for it',
    }),
    parameters: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'at most 131072 characters as JSON' }),
    ),
  },
  { additionalProperties: false },
);

export const ManifestPolicySchema = Type.Object(
  {
    /** What happens to what was provisioned when another need fails for good. */
    onFailure: Type.Optional(Type.Enum(['take_back', 'leave'])),
    /** What happens to a request without an answer at its deadline, after the probe if there is one. */
    onDeadline: Type.Optional(Type.Enum(['retry', 'fail', 'alert'])),
    /** Time a provisioner has to answer, ms. */
    deadlineMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 90 * DAY_MS })),
    /** Attempts in all for each request, the first included. */
    attempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  { additionalProperties: false },
);

/** What is needed. Policies that are not given are `take_back`, and what the provisioner's registration says. */
export const ManifestSchema = Type.Object(
  { needs: Type.Array(NeedSchema, { maxItems: 200 }), policy: Type.Optional(ManifestPolicySchema) },
  { additionalProperties: false },
);
export type Need = Static<typeof NeedSchema>;
export type ResourceManifest = Static<typeof ManifestSchema>;

/** How requests to a provisioner behave; frozen for each need when the operation is created (law 8). Times in ms. */
export const NeedTermsSchema = Type.Object({
  retry: Type.Unsafe<RetryPolicy>(
    Type.Object({
      initialMs: Type.Number(),
      coefficient: Type.Number(),
      capMs: Type.Number(),
      jitter: Type.Number(),
      limit: Type.Integer(),
      nonRetryable: Type.Optional(Type.Array(Type.String())),
    }),
  ),
  deadlineMs: Type.Number(),
  /** How often a location that the provisioner names is asked. */
  pollMs: Type.Optional(Type.Number()),
  /** Whether the provisioner can be asked how a request stands. */
  probe: Type.Boolean(),
  onDeadline: Type.Enum(['retry', 'fail', 'alert']),
});
export type NeedTerms = Static<typeof NeedTermsSchema>;

/** What a provisioner answers when it has made a resource. `secret` never gets into an event: `secretRef` takes its place. */
export const ProvisionedResourceSchema = Type.Object({
  id: Type.Optional(Type.String({ maxLength: 500, description: "the provisioner's own name of the resource" })),
  address: Type.Record(Type.String(), Type.Unknown(), { description: 'where the resource is found' }),
  secretRef: Type.Optional(Type.String({ description: 'vault reference' })),
});
export type ProvisionedResource = Static<typeof ProvisionedResourceSchema>;

/** What is known of a resource that an operation takes back without having made it; nothing: whatever was made for the need. */
export const AdoptedResourceSchema = Type.Object({
  id: Type.Optional(Type.String({ maxLength: 500 })),
  address: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
export type AdoptedResource = Static<typeof AdoptedResourceSchema>;

/** Who is told the end of an operation: the request of another instance. */
export const ParentSchema = Type.Object({ stream: Type.String(), key: Type.String() });
export type Parent = Static<typeof ParentSchema>;
