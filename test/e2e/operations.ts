import { expect } from '@jest/globals';
import { until, type World } from './world.js';

export interface NeedSpec {
  readonly id: string;
  readonly type: string;
  readonly parameters?: Record<string, unknown>;
}

/** The requests that the sandbox's provisioners get, for scripts. */
export const POST = { method: 'POST', path: '/provisioners/sandbox' };

/** Needs of the sandbox's type, each with the way in which its end is told. */
export const need = (id: string, mode?: 'instant' | 'poll' | 'callback', more: object = {}): NeedSpec => ({
  id,
  type: 'sandbox',
  parameters: { ...(mode && { mode }), ...more },
});

export async function createOperation(world: World, needs: readonly NeedSpec[], policy?: object): Promise<string> {
  const answer = await world.api('POST', '/api/operations', { manifest: { needs, ...(policy && { policy }) } });
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  return answer.body.id;
}

export const operation = async (world: World, id: string): Promise<any> =>
  (await world.api('GET', `/api/operations/${id}`)).body;

export const becomes = (world: World, id: string, state: string, ms?: number): Promise<any> =>
  until(
    () => operation(world, id),
    (found) => found?.state === state,
    ms,
  );

export const command = (
  world: World,
  id: string,
  name: string,
  body?: object,
): Promise<{ status: number; body: any }> =>
  world.api('POST', `/api/operations/${id}/${name}`, body ?? (name === 'deprovision' ? undefined : {}));

export const typesOf = async (world: World, id: string): Promise<string[]> =>
  (await world.events(`operation-${id}`)).map((event) => event.type);

/** What the sandbox's provisioners have made for an operation. */
export async function made(world: World, operationId: string): Promise<{ id: string; need: string; state: string }[]> {
  const answer = await fetch(`${world.sandboxUrl}/provisioners/sandbox`);
  const { value } = (await answer.json()) as {
    value: { id: string; need: string; state: string; operation: string }[];
  };
  return value.filter((each) => each.operation === operationId);
}
