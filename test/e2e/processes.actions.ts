import { expect } from '@jest/globals';
import { until, type World } from './world.js';

/** What the tests of processes ask of the world that `given` answers, from when it is there. */
export function processActions(given: () => World) {
  const start = async (workflow: string, pages: readonly unknown[] = [{}], query = ''): Promise<string> => {
    const answer = await given().api('POST', `/api/processes/${workflow}${query}`, pages);
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    return answer.body.id;
  };
  const get = async (id: string) => (await given().api('GET', `/api/processes/${id}`)).body;
  const reaches = (id: string, status: string) =>
    until(
      () => get(id),
      (found) => found?.last_status === status,
    );
  const typesOf = async (id: string) => (await given().events(`process-${id}`)).map(({ type }) => type);
  return { start, get, reaches, typesOf };
}
