/** The few settings a script needs before the server runs; the server's own configuration class is the authority. */
import { isAbsolute } from 'node:path';
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
