import type { Failure } from '#kernel';
import { faultsOf } from '#runtime';
import { ProvisionedResourceSchema } from '../published/index.js';

/** What is wrong with the result of a step. A secret in clear is never recorded: effects and the intake put it into the vault. */
export function resultFault(step: string, result: unknown): Failure | undefined {
  if (!step.endsWith('/provision')) return undefined;
  const fields = [...faultsOf(ProvisionedResourceSchema, result)];
  if (typeof result === 'object' && result !== null && 'secret' in result)
    fields.push({ pointer: '/secret', message: 'must be a text, and there must be no secretRef' });
  if (fields.length === 0) return undefined;
  const named = fields.map(({ pointer, message }) => `${pointer || '/'} ${message}`).join('; ');
  return { kind: 'invalid_result', code: 'invalid_result', message: `the result does not fit: ${named}`, fields };
}
