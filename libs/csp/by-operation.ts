import { uuidV5 } from '#platform';
import type { Stage } from '#portfolio';
import { childOperationEffect, type ChildPorts } from '#provisioning';
import type { Effect } from '#runtime';

/**
 * The effect of a stage that is done by a provisioning operation: begins the operation and leaves the stage waiting for its end. Throws
 * without ports, when the process is composed.
 */
export function operationEffect({ name, effect, operation }: Stage, ports: ChildPorts | undefined): Effect {
  if (ports === undefined) throw new Error(`stage ${name} is done by an operation, and there is nothing to begin one`);
  const { needs, policy } = operation!;
  const manifest = (input: unknown) => {
    const parameters = input as Readonly<Record<string, unknown>>;
    return { needs: needs.map((need) => ({ ...need, parameters })), ...(policy && { policy }) };
  };
  return childOperationEffect(effect, manifest, { ...ports, childId: (idempotencyKey) => uuidV5(idempotencyKey) });
}
