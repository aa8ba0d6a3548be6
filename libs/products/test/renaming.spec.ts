import { describe, expect, it } from '@jest/globals';
import { evaluateForm, type FormPage, type InputNode, type LiveData } from '#workflow';
import { run } from '#workflow/testing';
import { read } from '../../../test/repository/repository.js';
import { FakeDirectory } from './fake-directory.js';
import { FakeNetwork } from './fake-network.js';
import { renamings } from './renaming.js';

const text = read('docs/how-to/write-a-workflow.md');
/** The pages of a request that the text shows, by what its address ends with. */
const pagesOf = (address: string): object[] => {
  const [, json] = new RegExp(`${address} .*? -d '(.*?)'`).exec(text) ?? [];
  return JSON.parse(json!) as object[];
};
const form = async (pages: readonly FormPage[], given: object[]) => {
  const result = await evaluateForm(pages, given, {} as LiveData);
  if (result.kind !== 'complete') throw new Error(JSON.stringify(result));
  return result.data;
};

describe('docs/how-to/write-a-workflow.md, registered and tried', () => {
  it('shows the registration as it is', () => expect(text).toContain(read('libs/products/test/renaming.ts')));

  it('is tried with requests that its forms take, and that rename the group', async () => {
    const directory = new FakeDirectory();
    const [definition] = renamings.workflows({ directory, network: new FakeNetwork() });
    const asks = definition!.steps.find(({ key }) => key === 'approve');
    const state = await form(renamings.forms['rename_group']!, pagesOf('api/processes/rename_group'));
    expect(read('scripts/lib/demo.mjs')).toContain(`group_name: '${String(state['old_name'])}'`);
    const answer = await form((asks as InputNode).pages, pagesOf('api/processes/ID/resume'));
    const { id } = await directory.createGroup(String(state['old_name']), 'external');
    const { status } = await run(definition!, () => ({ before: async () => state, answers: { approve: answer } }));
    expect(status).toBe('completed');
    expect(await directory.findGroup({ id })).toMatchObject({ displayName: state['new_name'] });
  });
});
