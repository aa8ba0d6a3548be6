/** The few settings a script needs before the server runs; the server's own configuration class is the authority. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { inRoot } from './project.mjs';

const OFF = ['off', 'false', '0', 'no'];

export function settings(env = process.env) {
  const dataDir = env.PURVEYOR_DATA_DIR || './data';
  return {
    port: Number(env.PURVEYOR_PORT || 3000),
    sandboxPort: Number(env.PURVEYOR_SANDBOX_PORT || 3100),
    host: env.PURVEYOR_HOST || '127.0.0.1',
    dataDir: isAbsolute(dataDir) ? dataDir : inRoot(dataDir),
    demo: !OFF.includes((env.PURVEYOR_DEMO || 'on').toLowerCase()),
  };
}

const onlyWith = (name, value) => (value === undefined || value === '' ? {} : { [name]: value });

/** A secret as the server reads it: the variable, or the file that `<name>_FILE` names. An unreadable file is the server's to report. */
function secretOf(env, name) {
  if (env[name]?.trim() || !env[`${name}_FILE`]?.trim()) return env[name]?.trim();
  try {
    return readFileSync(env[`${name}_FILE`].trim(), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/**
 * What the sandbox needs beside the server's environment: its state lies beside the server's data, so that a second start
 * finds both as they were; it signs with the first secret that the server accepts, and takes the
 * server's SCIM and network tokens and its secret at the cloud provider.
 */
export function sandboxEnv(dataDir, env = process.env) {
  const accepted = secretOf(env, 'PURVEYOR_WEBHOOK_SECRETS')?.split(',')[0]?.trim();
  return {
    PURVEYOR_SANDBOX_DATA_DIR: env.PURVEYOR_SANDBOX_DATA_DIR || join(dataDir, 'sandbox'),
    ...onlyWith('PURVEYOR_WEBHOOK_SECRET', env.PURVEYOR_WEBHOOK_SECRET || accepted),
    ...onlyWith('PURVEYOR_SCIM_TOKEN', secretOf(env, 'PURVEYOR_SCIM_TOKEN')),
    ...onlyWith('PURVEYOR_NRM_TOKEN', secretOf(env, 'PURVEYOR_NRM_TOKEN')),
    ...onlyWith('PURVEYOR_CSP_CLIENT_SECRET', secretOf(env, 'PURVEYOR_CSP_CLIENT_SECRET')),
  };
}
