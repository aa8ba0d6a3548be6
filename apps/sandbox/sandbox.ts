import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { AnswersStore } from './answers.store.js';
import { azureRoutes, type RootLogin } from './azure/azure.routes.js';
import { AzureStore } from './azure/azure.store.js';
import { Operations } from './azure/operations.js';
import { Callbacks } from './callbacks.js';
import { controlRoutes } from './control.routes.js';
import { cspRoutes } from './csp.routes.js';
import { CspService } from './csp.service.js';
import { CspStore } from './csp.store.js';
import { Database } from './database.js';
import { DirectoryStore } from './directory.store.js';
import { contextOf, gate, sendAnswer } from './gate.js';
import { LedgerStore } from './ledger.store.js';
import { errorAnswer } from './sandbox.types.js';
import { nrmRoutes } from './nrm/nrm.routes.js';
import { provisionerRoutes } from './provisioners/provisioner.routes.js';
import { ProvisionerService } from './provisioners/provisioner.service.js';
import { ProvisionerStore } from './provisioners/provisioner.store.js';
import { scimRouter } from './scim.router.js';
import { ScriptsStore } from './scripts.store.js';
import { SettingsStore } from './settings.store.js';

/** For development only: anyone who reads this file can sign callbacks with it. Set PURVEYOR_WEBHOOK_SECRET elsewhere. */
export const DEVELOPMENT_WEBHOOK_SECRET = 'whsec_cHVydmV5b3ItZGV2ZWxvcG1lbnQtc2VjcmV0LTAwMDE=';
/** For development only, as above; PURVEYOR_SCIM_TOKEN replaces it. */
export const DEVELOPMENT_SCIM_TOKEN = 'sandbox-scim-token';

/** For development only, as above; PURVEYOR_NRM_TOKEN replaces it. */
export const DEVELOPMENT_NRM_TOKEN = 'sandbox-nrm-token';

/** For development only, as above; PURVEYOR_CSP_TENANT_ID, _CLIENT_ID and _CLIENT_SECRET replace it. */
export const DEVELOPMENT_ROOT: RootLogin = {
  tenant: 'purveyor',
  clientId: 'purveyor-root',
  clientSecret: 'sandbox-root-secret',
};

export interface SandboxOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly directory: string;
  readonly webhookSecret?: string;
  readonly scimToken?: string;
  readonly nrmToken?: string;
  /** How the orchestrator signs in at the cloud provider. */
  readonly root?: RootLogin;
  /** Default 127.0.0.1. */
  readonly host?: string;
}

export interface Sandbox {
  /** Without a slash at the end. */
  readonly url: string;
  /** Drops open requests, leaves unsent callbacks for the next start, closes the file. */
  close(): Promise<void>;
}

/** scimmy-routers looks for a parsed body; the stream has been read by then, so its own parser steps aside. */
const parseForScim: RequestHandler = (request, response, next) => {
  try {
    request.body = typeof request.body === 'string' && request.body !== '' ? JSON.parse(request.body) : undefined;
    next();
  } catch {
    sendAnswer(response, errorAnswer(400, 'invalidSyntax', 'The body is not JSON.'));
  }
};

const reportError: ErrorRequestHandler = (error: Error & { status?: number }, _request, response, next) => {
  if (response.headersSent) return next(error);
  sendAnswer(response, errorAnswer(error.status ?? 500, 'SandboxError', error.message));
};

interface Secrets {
  readonly scimToken: string;
  readonly nrmToken: string;
  readonly secret: string;
  readonly root: RootLogin;
}

function buildApp(
  database: Database,
  callbacks: Callbacks,
  { scimToken, nrmToken, secret, root }: Secrets,
  closing: AbortSignal,
): Express {
  const ledger = new LedgerStore(database);
  const scripts = new ScriptsStore(database);
  const answers = new AnswersStore(database);
  const settings = new SettingsStore(database);
  const csp = new CspService({ store: new CspStore(database), callbacks, scripts, settings });
  const directory = new DirectoryStore(database);
  const guard = gate({ ledger, scripts, answers, closing });
  const scim = scimRouter(scimToken, (request) => ({
    directory,
    change: (work) =>
      database.transaction(() => {
        const result = work();
        ledger.applied(contextOf(request).seq);
        return result;
      }),
  }));
  const app = express().disable('x-powered-by').disable('etag');
  app.use(express.text({ type: () => true, limit: '1mb' }));
  const azure = new AzureStore(database);
  const operations = new Operations(database, azure, scripts, settings);
  app.use('/csp', guard, azureRoutes({ database, ledger, answers, store: azure, operations }, root));
  app.use('/csp', cspRoutes({ database, ledger, answers, callbacks, csp, closing }));
  const store = new ProvisionerStore(database);
  const service = new ProvisionerService({ store, callbacks, scripts, settings });
  const provisioners = { database, ledger, answers, callbacks, service, store, secret, closing };
  app.use('/provisioners', guard, provisionerRoutes(provisioners));
  app.use('/scim/v2', guard, parseForScim, scim);
  app.use('/nrm', guard, nrmRoutes({ database, ledger, answers, token: nrmToken }));
  app.use(controlRoutes({ ledger, scripts, settings, callbacks, azure }));
  app.use(reportError);
  return app;
}

async function listen(server: Server, port: number, host: string): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

/** Starts the world outside. Rejects with the listen error (code EADDRINUSE) if the port is taken. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const database = new Database(options.directory);
  const closing = new AbortController();
  const secret = options.webhookSecret ?? DEVELOPMENT_WEBHOOK_SECRET;
  const callbacks = new Callbacks(database, secret);
  const scimToken = options.scimToken ?? DEVELOPMENT_SCIM_TOKEN;
  const nrmToken = options.nrmToken ?? DEVELOPMENT_NRM_TOKEN;
  const root = options.root ?? DEVELOPMENT_ROOT;
  const server = createServer(buildApp(database, callbacks, { scimToken, nrmToken, secret, root }, closing.signal));
  const url = await listen(server, options.port, options.host ?? '127.0.0.1').catch((error: unknown) => {
    database.close();
    throw error;
  });
  callbacks.schedule();
  const close = async (): Promise<void> => {
    closing.abort();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await Promise.all([closed, callbacks.close()]);
    database.close();
  };
  let closed: Promise<void> | undefined;
  return { url, close: () => (closed ??= close()) };
}
