import { Router } from 'express';
import type { AzureStore } from './azure/azure.store.js';
import type { Callbacks } from './callbacks.js';
import type { LedgerStore } from './ledger.store.js';
import type { ScriptsStore } from './scripts.store.js';
import { checkScript, checkSettings } from './control.validation.js';
import type { SettingsStore } from './settings.store.js';
import { errorAnswer } from './sandbox.types.js';
import { sendAnswer } from './gate.js';

export interface ControlParts {
  readonly ledger: LedgerStore;
  readonly scripts: ScriptsStore;
  readonly settings: SettingsStore;
  readonly callbacks: Callbacks;
  readonly azure: AzureStore;
}

const CONTENTS = {
  name: 'purveyor sandbox',
  csp: [
    '/csp/azure/tenants',
    '/csp/azure/billing-profiles',
    '/csp/azure/admin-subscriptions',
    '/csp/azure/arm',
    '/csp/azure/graph',
    '/csp/azure/login',
  ],
  scim: '/scim/v2',
  nrm: ['/nrm/ports', '/nrm/circuits'],
  provisioners: '/provisioners/{type}',
  control: ['/ledger', '/ledger/summary', '/scripts', '/settings', '/azure/objects', '/callbacks', '/healthz'],
};

function parseBody(body: unknown): unknown {
  if (typeof body !== 'string' || body === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What a test or a person uses to look at the world and to steer it; none of this is in the ledger. */
export function controlRoutes({ ledger, scripts, settings, callbacks, azure }: ControlParts): Router {
  const router = Router();
  router.get('/', (_request, response) => void response.json(CONTENTS));
  router.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  router.get('/ledger', ({ query }, response) => {
    const applied = asText(query['applied']);
    response.json(
      ledger.list({
        key: asText(query['key']),
        kind: asText(query['kind']),
        applied: applied === undefined ? undefined : applied === 'true' || applied === '1',
      }),
    );
  });
  router.get('/ledger/summary', (_request, response) => void response.json(ledger.summary()));
  router.delete('/ledger', (_request, response) => {
    ledger.clear();
    response.status(204).end();
  });
  router.get('/azure/objects', (_request, response) => void response.json(azure.places()));
  router.get('/callbacks', (_request, response) => void response.json(callbacks.list()));
  router.get('/scripts', (_request, response) => void response.json(scripts.list()));
  router.delete('/scripts', (_request, response) => {
    scripts.clear();
    response.status(204).end();
  });
  router.post('/scripts', (request, response) => {
    const script = checkScript(parseBody(request.body));
    if (typeof script === 'string') return sendAnswer(response, errorAnswer(400, 'InvalidScript', script));
    response.status(201).json(scripts.add(script.match, script.times, script.behaviour));
  });
  router.get('/settings', (_request, response) => void response.json(settings.read()));
  router.put('/settings', (request, response) => {
    const values = checkSettings(parseBody(request.body));
    if (typeof values === 'string') return sendAnswer(response, errorAnswer(400, 'InvalidSettings', values));
    response.json(settings.change(values));
  });
  return router;
}
