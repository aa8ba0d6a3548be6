import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { combination } from './combination.js';
import { ConfigError, describeConfig, type Environment, loadConfig } from './load.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'purveyor-config-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const load = (env: Environment = {}) => loadConfig({ PURVEYOR_DATA_DIR: directory, ...env }, { keys: 'leave' });
const faults = (env: Environment): readonly string[] => {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
};

describe('loadConfig', () => {
  it('has the documented defaults', () => {
    expect(loadConfig({}, { keys: 'leave' })).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      dataDir: './data',
      eventStore: 'embedded',
      readModels: 'sqlite',
      roles: ['api', 'worker', 'projector'],
      sandboxPort: 3100,
      demo: false,
      logLevel: 'info',
      publicUrl: 'http://127.0.0.1:3000',
      cspUrl: 'http://127.0.0.1:3100',
      scimUrl: 'http://127.0.0.1:3100/scim/v2',
    });
  });

  it('reads every kind of value', () => {
    const config = load({
      PURVEYOR_PORT: ' 8080 ',
      PURVEYOR_HOST: '::',
      PURVEYOR_ROLES: 'api, worker, projector',
      PURVEYOR_DEMO: 'on',
      PURVEYOR_CSP_URL: 'https://csp.example/base/',
      PURVEYOR_VAULT_KEY: KEY,
      PURVEYOR_CALLBACK_KEYS: `b:${KEY},a:${KEY}`,
      PURVEYOR_LOG_LEVEL: '',
    });
    expect(config).toMatchObject({
      port: 8080,
      roles: ['api', 'worker', 'projector'],
      demo: true,
      logLevel: 'info',
      cspUrl: 'https://csp.example/base',
    });
    expect(config.publicUrl).toBe('http://127.0.0.1:8080');
    expect([config.vaultKey.length, config.callbackKeys.map((k) => k.id)]).toEqual([32, ['b', 'a']]);
  });

  it('lists all faults at once, by variable, without values', () => {
    const found = faults({
      PURVEYOR_PORT: '70000',
      PURVEYOR_SANDBOX_PORT: '3100x',
      PURVEYOR_EVENT_STORE: 'tcp://admin:hunter2@db:1113',
      PURVEYOR_STREAM_PREFIX: 'purveyor',
      PURVEYOR_READ_MODELS: 'mysql://u:hunter2@db/x',
      PURVEYOR_ROLES: 'api,api',
      PURVEYOR_DEMO: 'maybe',
      PURVEYOR_LOG_LEVEL: 'loud',
      PURVEYOR_PUBLIC_URL: 'ftp://x',
      PURVEYOR_VAULT_KEY: 'hunter2',
      PURVEYOR_CALLBACK_KEYS: `a:${KEY},a:${KEY}`,
      PURVEYOR_WEBHOOK_SECRETS: 'whsec_c2hvcnQ=',
      PURVEYOR_SMTP_URL: 'smtp://ada:hunter2%@mail',
    });
    expect(found.map((fault) => fault.split(':')[0]).sort()).toEqual(
      [
        'PORT',
        'SANDBOX_PORT',
        'EVENT_STORE',
        'STREAM_PREFIX',
        'READ_MODELS',
        'ROLES',
        'DEMO',
        'LOG_LEVEL',
        'PUBLIC_URL',
        'VAULT_KEY',
        'CALLBACK_KEYS',
        'WEBHOOK_SECRETS',
        'SMTP_URL',
      ]
        .map((name) => `PURVEYOR_${name}`)
        .sort(),
    );
    expect(found.join()).toContain(
      "PURVEYOR_EVENT_STORE: must be 'embedded', or a connection string of EventStoreDB, esdb://...",
    );
    expect(found.join()).not.toContain('hunter2');
  });

  it('reads the limits of each CSP once, and refuses what is none', () => {
    const limits = (text: string) => load({ PURVEYOR_CSP_LIMITS: text }).cspLimits;
    expect(limits('azure:8:20, sandbox:1:0')).toEqual([
      { csp: 'azure', concurrency: 8, perSecond: 20 },
      { csp: 'sandbox', concurrency: 1, perSecond: 0 },
    ]);
    for (const text of [
      'azure',
      'azure:0:1',
      'azure:-1:1',
      'azure:1e3:1',
      'azure:8:',
      'azure:8:0,azure:9:0',
      'AZURE:1:1',
    ])
      expect(faults({ PURVEYOR_CSP_LIMITS: text })).toEqual([expect.stringMatching(/^PURVEYOR_CSP_LIMITS: /)]);
  });

  it('reads a secret from a file, and not from two places', () => {
    const file = join(directory, 'key');
    writeFileSync(file, `${KEY}\n`);
    expect(load({ PURVEYOR_VAULT_KEY_FILE: file }).vaultKey).toEqual(new Uint8Array(32).fill(7));
    expect(faults({ PURVEYOR_VAULT_KEY_FILE: file, PURVEYOR_VAULT_KEY: KEY })).toEqual([
      'PURVEYOR_VAULT_KEY: give either it or PURVEYOR_VAULT_KEY_FILE, not both',
    ]);
    expect(faults({ PURVEYOR_SCIM_TOKEN_FILE: join(directory, 'nothing') })).toEqual([
      'PURVEYOR_SCIM_TOKEN_FILE: the file cannot be read (ENOENT)',
    ]);
  });

  it('refuses one port for two programs', () => {
    expect(faults({ PURVEYOR_DEMO: 'on', PURVEYOR_PORT: '4000', PURVEYOR_SANDBOX_PORT: '4000' })).toHaveLength(1);
    expect(faults({ PURVEYOR_DEMO: 'off', PURVEYOR_PORT: '4000', PURVEYOR_SANDBOX_PORT: '4000' })).toEqual([]);
  });

  it('refuses in one line what cannot be split or shared', () => {
    const postgres = 'postgres://u:hunter2@db/x';
    expect(faults({ PURVEYOR_ROLES: 'api,worker' })).toEqual([expect.stringMatching(/^PURVEYOR_ROLES: must be all/)]);
    const [fault, ...more] = faults({ PURVEYOR_READ_MODELS: postgres });
    expect(fault).toMatch(/^PURVEYOR_READ_MODELS: postgres:.* goes with PURVEYOR_EVENT_STORE=esdb/);
    expect([more, fault?.includes('hunter2')]).toEqual([[], false]);
    const [esdb, split] = ['esdb://db:2113', ['api'] as const];
    const all = ['api', 'worker', 'projector'] as const;
    expect(combination({ eventStore: esdb, readModels: 'sqlite', roles: all })).toEqual([]);
    const keys = { vaultKey: KEY, callbackKeys: [KEY], auditKey: KEY };
    expect(combination({ eventStore: esdb, readModels: postgres, roles: all, ...keys })).toEqual([]);
    expect(combination({ eventStore: esdb, readModels: postgres, roles: split, ...keys })).toEqual([]);
    expect(combination({ eventStore: esdb, readModels: postgres, roles: split })).toEqual([
      expect.stringMatching(/^PURVEYOR_VAULT_KEY: must be set/),
      expect.stringMatching(/^PURVEYOR_CALLBACK_KEYS: must be set/),
      expect.stringMatching(/^PURVEYOR_AUDIT_KEY: must be set/),
    ]);
    expect(combination({ eventStore: esdb, readModels: 'sqlite', roles: split })).toHaveLength(1);
  });

  it('wants the public address for a worker that serves no callbacks itself', () => {
    const apart = {
      PURVEYOR_EVENT_STORE: 'esdb://db:2113',
      PURVEYOR_READ_MODELS: 'postgres://u@db/x',
      PURVEYOR_ROLES: 'worker',
      PURVEYOR_VAULT_KEY: KEY,
      PURVEYOR_CALLBACK_KEYS: `a:${KEY}`,
      PURVEYOR_AUDIT_KEY: KEY,
    };
    expect(faults(apart)).toEqual([expect.stringMatching(/^PURVEYOR_PUBLIC_URL: must be/)]);
    expect(load({ ...apart, PURVEYOR_PUBLIC_URL: 'https://api.example/' }).publicUrl).toBe('https://api.example');
  });

  it('wants all of an LDAP directory or nothing', () => {
    const ldap = {
      PURVEYOR_DIRECTORY: 'ldap',
      PURVEYOR_LDAP_URL: 'ldaps://directory.example:636/',
      PURVEYOR_LDAP_BIND_DN: 'cn=purveyor,dc=example',
      PURVEYOR_LDAP_PASSWORD: 'hunter2',
      PURVEYOR_LDAP_USERS_BASE: 'ou=people,dc=example',
      PURVEYOR_LDAP_GROUPS_BASE: 'ou=groups,dc=example',
    };
    expect(load(ldap)).toMatchObject({ directory: 'ldap', ldapUrl: 'ldaps://directory.example:636' });
    expect(JSON.stringify(load(ldap))).not.toContain('hunter2');
    const { PURVEYOR_LDAP_PASSWORD: _, ...half } = ldap;
    expect(faults(half)).toEqual(['PURVEYOR_LDAP_PASSWORD: must be set where PURVEYOR_DIRECTORY is ldap']);
    expect(faults({ ...ldap, PURVEYOR_LDAP_URL: 'ldap://h/dc=example' })).toHaveLength(1);
    expect(faults({ PURVEYOR_DIRECTORY: 'ad' })).toEqual(['PURVEYOR_DIRECTORY: must be scim or ldap']);
  });

  it('warns of unknown variables with what was meant', () => {
    const { warnings } = load({
      PURVEYOR_DATADIR: 'x',
      PURVEYOR_FROBNICATE_ALL_THINGS: '1',
      OTHER: '1',
      PURVEYOR_DEMO: 'on',
    });
    expect(warnings).toEqual([
      'PURVEYOR_DATADIR is not known and has no effect; did you mean PURVEYOR_DATA_DIR?',
      'PURVEYOR_FROBNICATE_ALL_THINGS is not known and has no effect',
    ]);
  });

  it('warns of the public webhook secret outside of the demo', () => {
    expect(load().warnings.join()).toContain('PURVEYOR_WEBHOOK_SECRETS holds the public development secret');
    expect(load({ PURVEYOR_WEBHOOK_SECRETS: `whsec_${KEY}` }).warnings).toEqual([]);
  });

  it('makes keys once, readable by the owner only, and keeps them', () => {
    const env = { PURVEYOR_DATA_DIR: join(directory, 'new') };
    const [first, second] = [loadConfig(env), loadConfig(env)];
    expect(first.vaultKey).toHaveLength(32);
    expect(second.vaultKey).toEqual(first.vaultKey);
    expect(second.callbackKeys).toEqual(first.callbackKeys);
    expect(first.warnings.join('\n')).toMatch(/PURVEYOR_VAULT_KEY is not set[\s\S]*PURVEYOR_CALLBACK_KEYS is not set/);
    expect(readdirSync(env.PURVEYOR_DATA_DIR).sort()).toEqual(['audit.key', 'callback.keys', 'vault.key']);
    expect(second.auditKey).toEqual(first.auditKey);
    for (const path of ['.', 'vault.key']) expect(statSync(join(env.PURVEYOR_DATA_DIR, path)).mode & 0o077).toBe(0);
  });

  it('takes the audit key in base64 or PEM, ed25519 only, and public keys of earlier ones', () => {
    const seed = Buffer.alloc(32, 5);
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]).toString('base64');
    const pem = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----`;
    for (const text of [pem, seed.toString('base64')])
      expect(Buffer.from(load({ PURVEYOR_AUDIT_KEY: text }).auditKey)).toEqual(seed);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' });
    for (const text of [String(rsa), 'short', '-----BEGIN PRIVATE KEY-----'])
      expect(() => load({ PURVEYOR_AUDIT_KEY: text })).toThrow(/PURVEYOR_AUDIT_KEY: must be/);
    const trusted = load({ PURVEYOR_AUDIT_TRUSTED_KEYS: `${KEY}, ${seed.toString('base64url')}` }).auditTrustedKeys;
    expect(trusted[1]).toBe(seed.toString('base64url'));
    expect(() => load({ PURVEYOR_AUDIT_TRUSTED_KEYS: 'x' })).toThrow(/PURVEYOR_AUDIT_TRUSTED_KEYS: must be/);
  });

  it('stops at a damaged key file instead of making another key', () => {
    writeFileSync(join(directory, 'vault.key'), 'half');
    expect(() => loadConfig({ PURVEYOR_DATA_DIR: directory })).toThrow(/vault\.key is damaged/);
    expect(readFileSync(join(directory, 'vault.key'), 'utf8')).toBe('half');
  });

  it('prints itself without secrets', () => {
    const config = load({
      PURVEYOR_VAULT_KEY: KEY,
      PURVEYOR_SCIM_TOKEN: 'hunter2',
      PURVEYOR_CSP_URL: 'http://me:hunter3@csp',
    });
    for (const text of [JSON.stringify(config), inspect(config)]) {
      expect(text).not.toMatch(/hunter|whsec|BwcH/);
      expect(text).toContain('[redacted]');
    }
    expect(config.scimToken).toBe('hunter2');
  });
});

describe('describeConfig', () => {
  it('describes each variable once', () => {
    const names = describeConfig().map((v) => v.name);
    expect(names.length).toBeGreaterThan(10);
    expect(new Set(names).size).toBe(names.length);
    expect(
      describeConfig()
        .filter((v) => v.secret)
        .map((v) => v.name),
    ).toEqual(
      [
        'EVENT_STORE',
        'READ_MODELS',
        'VAULT_KEY',
        'CALLBACK_KEYS',
        'CSP_CLIENT_SECRET',
        'SMTP_URL',
        'LDAP_PASSWORD',
        'SCIM_TOKEN',
        'NRM_TOKEN',
        'AUDIT_KEY',
        'WEBHOOK_SECRETS',
        'PROVISIONERS',
      ].map((name) => `PURVEYOR_${name}`),
    );
    expect(describeConfig().every((v) => v.meaning !== '' && v.allowed !== '')).toBe(true);
  });
});
