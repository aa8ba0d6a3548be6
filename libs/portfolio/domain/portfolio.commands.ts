import type { Facts } from './payload.js';

/** What people ask of a portfolio. Secrets are already vault references; `time` is ms since the epoch. */
export type PortfolioCommand =
  | {
      readonly type: 'CreatePortfolio';
      readonly name: string;
      readonly csp: string;
      /** Version of the CSP's plan; the newest when absent. */
      readonly planVersion?: number;
      readonly facts: Facts;
      readonly advance: 'automatic' | 'manual';
      readonly time: number;
    }
  | { readonly type: 'ResumeStage'; readonly stage: string; readonly input?: Facts; readonly time: number }
  | {
      readonly type: 'SkipStage';
      readonly stage: string;
      readonly reason: string;
      readonly result?: Facts;
      readonly time: number;
    }
  | { readonly type: 'AbandonPortfolio'; readonly reason: string; readonly time: number }
  /** Replaces the named facts. */
  | { readonly type: 'AmendFacts'; readonly facts: Facts; readonly time: number }
  /** Does everything from that stage on again, with the results of the stages before it. */
  | { readonly type: 'RetryFrom'; readonly stage: string; readonly reason: string; readonly time: number }
  /** Moves the portfolio to another version of its plan; `facts` are added to those it has. */
  | {
      readonly type: 'MigratePlan';
      readonly version: number;
      readonly reason: string;
      readonly facts?: Facts;
      readonly time: number;
    }
  | { readonly type: 'PausePortfolio'; readonly reason: string; readonly time: number }
  | { readonly type: 'ContinuePortfolio'; readonly time: number }
  /** Takes back what was done, in reverse. */
  | { readonly type: 'DeprovisionPortfolio'; readonly reason: string; readonly time: number }
  | { readonly type: 'TriggerNextTransition'; readonly time: number };

export type CreatePortfolio = Extract<PortfolioCommand, { type: 'CreatePortfolio' }>;
export type RetryFrom = Extract<PortfolioCommand, { type: 'RetryFrom' }>;
export type MigratePlan = Extract<PortfolioCommand, { type: 'MigratePlan' }>;
export type AmendFacts = Extract<PortfolioCommand, { type: 'AmendFacts' }>;
export type ResumeStage = Extract<PortfolioCommand, { type: 'ResumeStage' }>;
export type SkipStage = Extract<PortfolioCommand, { type: 'SkipStage' }>;
