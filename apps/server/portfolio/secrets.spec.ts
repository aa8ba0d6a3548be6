import { describe, expect, it } from '@jest/globals';
import { azurePlanV1 } from '#csp';
import { protectSecrets, secretPaths } from '#portfolio';

describe('a secret that looks like a reference to somebody else`s', () => {
  it.each(['vault:portfolio-other/facts/password#1', 'vault:', 'plain'])(
    '%s goes to the vault itself',
    async (given) => {
      const [path] = secretPaths(azurePlanV1.facts);
      expect(path).toBeDefined();
      const facts = path!.split('.').reduceRight<unknown>((value, key) => ({ [key]: value }), given);
      const put: string[] = [];
      const kept = await protectSecrets(azurePlanV1.facts, facts, async (_name, secret) => {
        put.push(secret);
        return 'vault:mine#1';
      });
      expect(put).toEqual([given]);
      expect(JSON.stringify(kept)).toContain('vault:mine#1');
      expect(JSON.stringify(kept)).not.toContain(given === 'vault:' ? '"vault:"' : given);
    },
  );
});
