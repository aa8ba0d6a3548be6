import type { Attestor, CheckpointFile } from '#audit';
import type { CspGate } from '#csp';
import type { EventLog, EventStore } from '#event-store';
import type { Clock, ErasableVault, Ids, SubjectKeys } from '#kernel';
import type { Access, Config, Metrics } from '#platform';
import type { PlanRegistry } from '#portfolio';
import type { ProvisionerRegistry } from '#provisioning';
import type { Projector, ReadModels } from '#read-models';
import type { CallbackTokens, Runtime } from '#runtime';
import type { FormPage, LiveData, WorkflowRegistry } from '#workflow';
import type { Catalogue } from '#catalogue';
import type { Logger } from 'pino';
import type { Work } from './join-workers.js';
import type { Views } from './views.js';

/** Everything the server is made of. An abstract class, so that Nest injects it by type; opened by `openParts`. */
export abstract class Parts {
  abstract readonly config: Config;
  abstract readonly logger: Logger;
  abstract readonly metrics: Metrics;
  abstract readonly access: Access;
  abstract readonly clock: Clock;
  abstract readonly ids: Ids;
  abstract readonly store: EventStore;
  abstract readonly log: EventLog;
  abstract readonly vault: ErasableVault;
  /** Of the data subjects. */
  abstract readonly keys: SubjectKeys;
  abstract readonly tokens: CallbackTokens;
  abstract readonly plans: PlanRegistry;
  abstract readonly provisioners: ProvisionerRegistry;
  /** By the name of the CSP. */
  abstract readonly gates: ReadonlyMap<string, CspGate>;
  abstract readonly workflows: WorkflowRegistry;
  abstract readonly formOf: (workflow: string) => readonly FormPage<LiveData>[];
  abstract readonly catalogue: Catalogue;
  abstract readonly readModels: ReadModels;
  /** Of the main views: what commands and timers wait for. */
  abstract readonly projector: Projector;
  /** The views of all groups. */
  abstract readonly views: Views;
  abstract readonly runtime: Runtime;
  /** Of a worker that is, or may be, one of several. */
  abstract readonly work: Work | undefined;
  /** Signs how far the log has come, and keeps what was signed. */
  abstract readonly attestor: Attestor;
  abstract readonly checkpoints: CheckpointFile;
  /** Why the log does not answer; undefined while it does. */
  abstract readonly trouble: () => string | undefined;
  /** Begins to drive, where this process is a worker. */
  abstract start(): Promise<void>;
  /** Drains and closes everything, in the reverse order of opening. */
  abstract close(): Promise<void>;
}
