import { readFileSync } from 'node:fs';
import { validateSync } from 'class-validator';
import { combination, ldapSettings } from './combination.js';
import { Config, DEVELOPMENT_WEBHOOK_SECRET } from './config.js';
import { developmentKeys } from './development-keys.js';
import { unknownVariables } from './unknown.js';
import { boundVariables, type Variable, type VariableDescription } from './variable.js';

/** All faults of the configuration at once, one line each: variable and what is allowed. Values are never shown. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration is not valid:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadOptions {
  /** `leave`: no key is read from or made in the data directory; for tools that must not write there. */
  readonly keys?: 'make' | 'leave';
}

/**
 * The configuration from environment variables; empty ones count as absent. Keys that are not given are made in the data directory.
 * Throws {@link ConfigError} naming every fault.
 */
export function loadConfig(env: Environment, { keys = 'make' }: LoadOptions = {}): Config {
  const config = new Config();
  const faults = boundVariables().flatMap((variable) => assign(config, variable, env));
  derive(config);
  const named = new Set(faults.map((fault) => fault.split(':')[0]));
  faults.push(...invalid(config).filter((fault) => !named.has(fault.split(':')[0])));
  if (faults.length === 0) faults.push(...clashes(config));
  if (faults.length > 0) throw new ConfigError(faults);
  config.warnings = [
    ...unknownVariables(env),
    ...publicSecret(config),
    ...(keys === 'make' ? developmentKeys(config) : []),
  ];
  return config;
}

/** Everything that can be configured, for .env.example and the documentation. */
export const describeConfig = (): readonly VariableDescription[] =>
  boundVariables().map(({ name, default: fallback, meaning, allowed, secret }) => ({
    name,
    default: fallback,
    meaning,
    allowed,
    secret,
  }));

const fault = ({ name, allowed }: Variable): string => `${name}: must be ${allowed}`;

function assign(config: Config, variable: Variable, env: Environment): string[] {
  const given = textOf(variable, env);
  if ('fault' in given) return [given.fault];
  if (given.text === '') return [];
  const value = variable.read(given.text);
  Object.assign(config, { [variable.property]: value });
  return value === undefined ? [fault(variable)] : [];
}

function textOf({ name, secret, default: fallback }: Variable, env: Environment): { text: string } | { fault: string } {
  const [text, file] = [env[name]?.trim() ?? '', secret ? (env[`${name}_FILE`]?.trim() ?? '') : ''];
  if (file === '') return { text: text === '' ? fallback : text };
  if (text !== '') return { fault: `${name}: give either it or ${name}_FILE, not both` };
  try {
    const content = readFileSync(file, 'utf8').trim();
    return content === '' ? { fault: `${name}_FILE: the file is empty` } : { text: content };
  } catch (error) {
    return { fault: `${name}_FILE: the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})` };
  }
}

/** The sandbox's directory takes this one unless told otherwise. */
const SANDBOX_SCIM_TOKEN = 'sandbox-scim-token';

/** As above, of its network resource manager. */
const SANDBOX_NRM_TOKEN = 'sandbox-nrm-token';

/** Defaults that follow from other values. */
function derive(config: Config): void {
  const anyAddress = config.host === '0.0.0.0' || config.host === '::';
  const host = anyAddress ? '127.0.0.1' : config.host.includes(':') ? `[${config.host}]` : config.host;
  // A worker hands out callback addresses, which are those of a process with the role api.
  if (config.roles?.includes('api')) config.publicUrl ??= `http://${host}:${config.port}`;
  const sandbox = `http://127.0.0.1:${config.sandboxPort}`;
  config.cspUrl ??= sandbox;
  if (config.scimUrl === undefined) config.scimToken ??= SANDBOX_SCIM_TOKEN;
  config.scimUrl ??= `${sandbox}/scim/v2`;
  if (config.nrmUrl === undefined) config.nrmToken ??= SANDBOX_NRM_TOKEN;
  config.nrmUrl ??= `${sandbox}/nrm`;
  config.provisioners ??= [{ type: 'sandbox', endpoint: `${sandbox}/provisioners/sandbox` }];
}

const invalid = (config: Config): string[] =>
  validateSync(config, { validationError: { target: false, value: false } }).flatMap((error) =>
    boundVariables()
      .filter((variable) => variable.property === error.property)
      .map(fault),
  );

const clashes = (config: Config): string[] => [...samePort(config), ...combination(config), ...ldapSettings(config)];

const samePort = ({ port, sandboxPort, demo }: Config): string[] =>
  demo && port === sandboxPort && port !== 0 ? ['PURVEYOR_SANDBOX_PORT: must differ from PURVEYOR_PORT'] : [];

const publicSecret = ({ demo, webhookSecrets }: Config): string[] =>
  !demo && webhookSecrets.includes(DEVELOPMENT_WEBHOOK_SECRET)
    ? ['PURVEYOR_WEBHOOK_SECRETS holds the public development secret: anybody can sign callbacks. Set your own.']
    : [];
