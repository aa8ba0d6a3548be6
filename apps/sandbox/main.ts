import { DEVELOPMENT_ROOT, startSandbox, type Sandbox } from './sandbox.js';

/** A variable that is set but empty counts as absent. */
function read(name: string): string | undefined {
  return process.env[name] || undefined;
}

function fail(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

function explain(error: NodeJS.ErrnoException, port: number): string {
  if (error.code !== 'EADDRINUSE') return `The sandbox cannot start: ${error.message}`;
  return `Port ${port} is in use: stop the other program or set PURVEYOR_SANDBOX_PORT to a free port.`;
}

function stopOnSignal(sandbox: Sandbox): void {
  const stop = (): void => void sandbox.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

async function main(): Promise<void> {
  const port = Number(read('PURVEYOR_SANDBOX_PORT') ?? '3100');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    fail('PURVEYOR_SANDBOX_PORT must be a whole number from 0 to 65535.');
  }
  const sandbox = await startSandbox({
    port,
    directory: read('PURVEYOR_SANDBOX_DATA_DIR') ?? './data/sandbox',
    webhookSecret: read('PURVEYOR_WEBHOOK_SECRET'),
    scimToken: read('PURVEYOR_SCIM_TOKEN'),
    nrmToken: read('PURVEYOR_NRM_TOKEN'),
    root: {
      tenant: read('PURVEYOR_CSP_TENANT_ID') ?? DEVELOPMENT_ROOT.tenant,
      clientId: read('PURVEYOR_CSP_CLIENT_ID') ?? DEVELOPMENT_ROOT.clientId,
      clientSecret: read('PURVEYOR_CSP_CLIENT_SECRET') ?? DEVELOPMENT_ROOT.clientSecret,
    },
  }).catch((error: NodeJS.ErrnoException) => fail(explain(error, port)));
  stopOnSignal(sandbox);
  process.stdout.write(`Sandbox listens on ${sandbox.url}\n`);
}

await main();
