import { expect, it } from '@jest/globals';
import { plan, survivesAnyCrash } from '../testing/index.js';
import { renameGroup } from './rename-group.js';

/** A directory in memory, with the answer to the form. */
const fakes = () => {
  const names = new Set(['ops']);
  return {
    before: async () => ({ old_name: 'ops', new_name: 'operations' }),
    answers: { approve: { approved: true } },
    outside: () => [...names],
    rename: async (from: string, to: string) => {
      if (names.delete(from)) names.add(to);
    },
  };
};

it('renames the group once, whenever it is stopped', async () => {
  const { end, stops } = await survivesAnyCrash((directory) => renameGroup(directory), fakes);
  expect(end).toMatchObject({ status: 'completed', outside: ['operations'] });
  expect(stops).toBeGreaterThan(10);
});

it('says what it would do', async () => {
  const { steps, stopped } = await plan((directory) => renameGroup(directory), {}, fakes);
  const target = { old_name: 'ops', new_name: 'operations' };
  expect(steps.flatMap(({ effects }) => effects)).toEqual([{ system: 'directory', action: 'rename', target }]);
  expect(stopped).toBeNull();
});
