import type { Vault } from '#kernel';
import { undoStage, type StagePlan } from '#portfolio';
import type { ChildPorts } from '#provisioning';
import type { Effect } from '#runtime';
import { operationEffect } from './by-operation.js';
import type { CspTarget } from './csp-target.js';
import { CspGate } from './gate.js';
import { httpClient, type Fetch, type HttpClient } from './http-client.js';
import { parentEffects, type Parents } from './parent-effect.js';
import { stageEffects } from './stage-effects.js';

export interface CspSettings {
  /** Origin of the CSP, with or without a path below it. */
  readonly baseUrl: string;
  readonly vault: Vault;
  /** Our own service principal. */
  readonly root: RootCredential;
  /** The portfolio a child belongs to. */
  readonly parents: Parents;
  /** Needed for stages that are done by a provisioning operation. */
  readonly operations?: ChildPorts;
  /** How long one attempt may take, ms; default 10 000. */
  readonly attemptMs?: number;
  readonly fetch?: Fetch;
  /** ms since the epoch. */
  readonly now?: () => number;
}

export interface RootCredential {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface CspConnection extends CspSettings {
  /** The base URL without a slash at its end. */
  readonly base: string;
  readonly client: HttpClient;
  readonly now: () => number;
}

/** One cloud service provider: its plans, and where their calls go. */
export interface Csp {
  readonly name: string;
  /** Every version a portfolio may still run on. */
  readonly plans: readonly StagePlan[];
  readonly target: (connection: CspConnection) => Pick<CspTarget, 'endpoints' | 'access'>;
}

/** The effects of all stages of all plans of a CSP, behind its gate. */
export function cspEffects(csp: Csp, settings: CspSettings, gate = new CspGate()): readonly Effect[] {
  const { baseUrl, vault, attemptMs, fetch, now = Date.now } = settings;
  const client = httpClient({ fetch, now });
  const base = baseUrl.replace(/\/+$/, '');
  const target = { client, vault, attemptMs, ...csp.target({ ...settings, base, client, now }) };
  const stages = csp.plans.flatMap((plan) => plan.stages);
  const undos = stages.flatMap((stage) => undoStage(stage) ?? []);
  const children = stages.filter(({ parent }) => parent !== undefined);
  const own = stages.filter(({ parent, operation }) => parent === undefined && operation === undefined);
  const delegated = stages.filter(({ operation }) => operation !== undefined);
  const effects = [
    ...[...own, ...undos].flatMap((stage) => stageEffects(stage, target)),
    ...delegated.map((stage) => operationEffect(stage, settings.operations)),
  ];
  return [
    ...effects.map((effect) => gate.guard(effect)),
    ...children.flatMap((stage) => parentEffects(stage, settings.parents)),
  ];
}
