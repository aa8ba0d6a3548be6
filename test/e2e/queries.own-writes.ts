import { expect, it } from '@jest/globals';
import { facts } from './portfolios.js';
import type { World } from './world.js';

/** Who follows the address of what was accepted, without a position to wait for. */
export function ownWritesSuite(given: () => World): void {
  const atOnce = async (path: string, command: object) => {
    const { body } = await given().api('POST', `/api/${path}`, command);
    return (await given().api('GET', `/api/${path.split('/')[0]}/${body.id}`)).status;
  };

  it('is shown at its address at once, also to who tells no position', async () => {
    const product = (await given().api('GET', '/api/products')).body[0].product_id;
    for (let n = 0; n < 10; n++) {
      const portfolio = { name: `Herons ${n}`, csp: 'azure', facts: facts({ domain_name: `herons${n}` }) };
      expect([
        await atOnce('processes/create_user_group', [{ product }, { group_name: `Gulls ${n}` }]),
        await atOnce('portfolios', portfolio),
        await atOnce('operations', { manifest: { needs: [{ id: 'db', type: 'sandbox' }] } }),
      ]).toEqual([200, 200, 200]);
    }
  });
}
