import { DEFAULT_RETRY } from '#runtime';
import type { NeedTerms } from '../published/index.js';

/** What the decider knows of the provisioners of this process: their resource types, and how requests to them behave. */
export interface ProvisionerTerms {
  /** Undefined when there is no provisioner for the type. */
  termsOf(type: string): NeedTerms | undefined;
}

export const DEFAULT_TERMS: NeedTerms = {
  retry: DEFAULT_RETRY,
  deadlineMs: 24 * 3_600_000,
  pollMs: 5_000,
  probe: false,
  onDeadline: 'fail',
};

/** Names of a type's effects. A type without a provisioner has the one that says so. */
export const NO_PROVISIONER = 'provisioning.no-provisioner';
export const callEffect = (type: string): string => `provisioning.call:${type}`;
export const askEffect = (type: string): string => `provisioning.ask:${type}`;
export const FORGET_SECRET = 'provisioning.forget-secret';
export const REPORT_END = 'provisioning.report';
