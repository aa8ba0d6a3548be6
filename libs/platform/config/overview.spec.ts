import { describe, expect, it } from '@jest/globals';
import { describeConfig, loadConfig } from './load.js';
import { settingsOverview } from './overview.js';

const groups = settingsOverview(
  loadConfig({ PURVEYOR_CSP_URL: 'http://me:hunter2@csp', PURVEYOR_SCIM_TOKEN: 'hunter3' }, { keys: 'leave' }),
);
const all = groups.flatMap(({ variables }) => variables);

describe('the overview of settings', () => {
  it('has every variable once, by topic', () => {
    expect(all.map(({ env_name }) => env_name).sort()).toEqual(
      describeConfig()
        .map(({ name }) => name)
        .sort(),
    );
    const csp = groups.find(({ name }) => name === 'CSP')!;
    expect(csp.variables.every(({ env_name }) => env_name.startsWith('PURVEYOR_CSP_'))).toBe(true);
  });

  it('shows no secret and no password', () => {
    expect(JSON.stringify(groups)).not.toMatch(/hunter|whsec_/);
    const value = (name: string) => all.find(({ env_name }) => env_name === name)!.env_value;
    expect(value('PURVEYOR_SCIM_TOKEN')).toBe('**********');
    expect(value('PURVEYOR_PORT')).toBe(3000);
    expect(value('PURVEYOR_SMTP_URL')).toBeNull();
  });
});
