import { sameJson, type Fault } from '#kernel';
import { faultsOf } from '#runtime';
import {
  LARGEST_PARAMETERS,
  ManifestSchema,
  type CreateOperation,
  type NeedTerms,
  type OperationEvent,
} from '../published/index.js';
import type { Operation } from './operation.state.js';
import { DEFAULT_TERMS, type ProvisionerTerms } from './provisioner-terms.js';
import { invalid } from './refusals.js';

/** Records the manifest and freezes how each need's requests behave. Refusal `validation_failed` 400 naming every fault. */
export function create(
  { manifest, parent, adopted, time }: CreateOperation,
  terms: ProvisionerTerms,
): readonly OperationEvent[] {
  const faults = [...manifestFaults(manifest), ...adoptionFaults(manifest, adopted)];
  if (faults.length > 0) throw invalid('the manifest is not valid', faults);
  const frozen = manifest.needs.map(({ id, type }) => [id, termsOf(manifest, terms.termsOf(type))] as const);
  return [
    {
      type: 'OperationCreated',
      data: {
        manifest,
        terms: Object.fromEntries(frozen),
        ...(parent && { parent }),
        ...(adopted && { adopted }),
        time,
      },
    },
  ];
}

export const isSameOperation = (state: Operation, { manifest, parent, adopted }: CreateOperation): boolean =>
  sameJson([state.manifest, state.parent ?? null, state.adopted ?? null], [manifest, parent ?? null, adopted ?? null]);

/** Half an adoption would provision what it should take back. */
function adoptionFaults({ needs }: CreateOperation['manifest'], adopted: CreateOperation['adopted']): readonly Fault[] {
  if (adopted === undefined) return [];
  const ids = needs.map(({ id }) => id);
  const missing = ids.filter((id) => !Object.hasOwn(adopted, id));
  const foreign = Object.keys(adopted).filter((id) => !ids.includes(id));
  return [
    ...missing.map((id) => ({ pointer: `/adopted/${id}`, message: 'is missing' })),
    ...foreign.map((id) => ({ pointer: `/adopted/${id}`, message: 'is no need of the manifest' })),
  ];
}

function termsOf({ policy = {} }: CreateOperation['manifest'], of: NeedTerms = DEFAULT_TERMS): NeedTerms {
  const { deadlineMs = of.deadlineMs, onDeadline = of.onDeadline, attempts = of.retry.limit } = policy;
  return { ...of, deadlineMs, onDeadline, retry: { ...of.retry, limit: attempts } };
}

function manifestFaults(manifest: unknown): readonly Fault[] {
  const faults = faultsOf(ManifestSchema, manifest, '/manifest');
  if (faults.length > 0) return faults;
  const { needs } = manifest as CreateOperation['manifest'];
  const ids = needs.map(({ id }) => id);
  return needs.flatMap(({ id, parameters = {} }, at) => [
    ...(ids.indexOf(id) === at ? [] : [{ pointer: `/manifest/needs/${at}/id`, message: 'is there twice' }]),
    ...(JSON.stringify(parameters).length <= LARGEST_PARAMETERS ? [] : [tooLarge(at)]),
  ]);
}

const tooLarge = (at: number): Fault => ({
  pointer: `/manifest/needs/${at}/parameters`,
  message: `must not have more than ${LARGEST_PARAMETERS} characters as JSON`,
});
