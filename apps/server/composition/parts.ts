import type { CspGate } from '#csp';
import type { EventLog, EventStore } from '#event-store';
import type { Clock, Ids, Vault } from '#kernel';
import type { Config, Metrics } from '#platform';
import type { PlanRegistry } from '#portfolio';
import type { Projector, ReadModels } from '#read-models';
import type { CallbackTokens, Runtime } from '#runtime';
import type { FormPage, WorkflowRegistry } from '#workflow';
import type { Catalogue } from '#catalogue';
import type { Logger } from 'pino';

/** Everything the server is made of. An abstract class, so that Nest injects it by type; opened by `openParts`. */
export abstract class Parts {
  abstract readonly config: Config;
  abstract readonly logger: Logger;
  abstract readonly metrics: Metrics;
  abstract readonly clock: Clock;
  abstract readonly ids: Ids;
  abstract readonly store: EventStore;
  abstract readonly log: EventLog;
  abstract readonly vault: Vault;
  abstract readonly tokens: CallbackTokens;
  abstract readonly plans: PlanRegistry;
  /** By the name of the CSP. */
  abstract readonly gates: ReadonlyMap<string, CspGate>;
  abstract readonly workflows: WorkflowRegistry;
  abstract readonly formOf: (workflow: string) => readonly FormPage[];
  abstract readonly catalogue: Catalogue;
  abstract readonly readModels: ReadModels;
  abstract readonly projector: Projector;
  abstract readonly runtime: Runtime;
  /** Drains and closes everything, in the reverse order of opening. */
  abstract close(): Promise<void>;
}
