import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { evaluateForm, type LiveData } from '#workflow';
import { L2VPN_PRODUCT_ID, productRegistry } from '../index.js';
import { FakeDirectory } from './fake-directory.js';
import { FakeNetwork } from './fake-network.js';
import { Machine } from './machine.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string): string => readFileSync(ROOT + path, 'utf8');
const text = read('docs/how-to/add-a-product.md');
const shown = [...text.matchAll(/<!-- file: (\S+) -->\n\n```ts\n([\s\S]*?)```/g)].map(([, path, code]) => [
  path!,
  code!,
]);
const ports = () => ({ directory: new FakeDirectory(), network: new FakeNetwork() });

describe('docs/how-to/add-a-product.md', () => {
  it('shows every file of the product as it is, and its line in the registration', () => {
    const files = readdirSync(`${ROOT}libs/products/l2vpn`).map((name) => `libs/products/l2vpn/${name}`);
    const paths = shown.map(([path]) => path!);
    expect(paths.filter((path) => path.startsWith('libs/products/l2vpn/')).sort()).toEqual(files.sort());
    for (const [path, code] of shown) expect(code).toBe(read(path!));
    const [, path, line] = /<!-- line: (\S+) -->\n\n```ts\n([\s\S]*?)```/.exec(text)!;
    expect(read(path!)).toContain(line);
  });

  it('lists the steps as they run', () => {
    const { workflows } = productRegistry(ports());
    const rows = [...text.matchAll(/^\| `(\w+_l2vpn)` +\| (.*?) +\|$/gm)];
    expect(rows.map(([, workflow]) => workflow)).toHaveLength(5);
    for (const [, workflow, steps] of rows)
      expect([
        workflow,
        workflows
          .latest(workflow!)!
          .pinned.map(({ key }) => `\`${key}\``)
          .join(', '),
      ]).toEqual([workflow, steps]);
  });

  it('is tried at ports and VLANs that the demo has left free', () => {
    const ends = (source: string) =>
      [...source.matchAll(/port['"]?: ['"](\S+?)['"], ['"]?vlan['"]?: (\d+)/g)].map(
        ([, port, vlan]) => `${port}.${vlan}`,
      );
    const [taken, tried] = [ends(read('scripts/lib/demo.mjs')), ends(text)];
    expect([taken.length, tried.length]).toEqual([2, 2]);
    expect(tried.filter((end) => taken.includes(end))).toEqual([]);
  });

  it('is tried with requests that the forms take, and that run', async () => {
    const asked = [...text.matchAll(/api\/processes\/(\w+) .*? -d '([\s\S]*?)'$/gm)];
    expect(asked.map(([, workflow]) => workflow)).toEqual(['create_l2vpn', 'validate_l2vpn']);
    const { formOf } = productRegistry(ports());
    const live = { startFaults: async () => [], productEnded: async () => undefined } as Partial<LiveData> as LiveData;
    const machine = new Machine(ports());
    let subscription = '';
    for (const [, workflow, json] of asked) {
      const pages = JSON.parse(json!.replace('SUBSCRIPTION_ID', subscription)) as object[];
      const form = await evaluateForm(formOf(workflow!), pages, live);
      if (form.kind !== 'complete') throw new Error(`${workflow}: ${JSON.stringify(form)}`);
      const { status, data } = await machine.run(workflow!, form.data);
      expect([workflow, status]).toEqual([workflow, 'completed']);
      subscription = String(data['subscription_id']);
    }
    expect(machine.subscription(subscription).productId).toBe(L2VPN_PRODUCT_ID);
  });
});
