import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Refusal } from '#kernel';
import {
  declaredMigration,
  movedFacts,
  protectSecrets,
  stageOf,
  whyNotMoved,
  withGenerated,
  validateFacts,
  type PortfolioState,
  type Stage,
  type StagePlan,
} from '#portfolio';
import { Parts } from '../composition/parts.js';

type Values = Record<string, unknown>;

const newSecret = (): string => randomBytes(24).toString('base64url');

/** Checks what people give against the plan, and moves its secrets to the vault before any command is made of it. */
@Injectable()
export class PortfolioSecrets {
  constructor(private readonly parts: Parts) {}

  /** Refusal `validation_failed` 400 naming each bad fact; facts of an unknown CSP are left to the decider's refusal. */
  async facts(stream: string, csp: string, version: number | undefined, facts: Values): Promise<Values> {
    const plan = this.parts.plans.latest(csp, version);
    if (plan === undefined) return {};
    const faults = validateFacts(plan, facts);
    if (faults.length > 0) throw new Refusal('validation_failed', 400, 'the facts do not fit the plan', {}, faults);
    return this.protectFacts(stream, plan, withGenerated(plan.facts, facts, newSecret));
  }

  /** Facts that take the place of others; what does not fit is left to the decider's refusal, and nothing of it is kept. */
  async amended(stream: string, facts: Values): Promise<Values> {
    const { state } = await this.parts.runtime.load<PortfolioState>(stream);
    if (state.phase === 'ABSENT') return {};
    const plan = this.parts.plans.bound(state.csp, state.plan);
    const faults = validateFacts(plan, { ...state.facts, ...facts });
    if (faults.length > 0) throw new Refusal('validation_failed', 400, 'the facts do not fit the plan', {}, faults);
    return this.protectFacts(stream, plan, facts);
  }

  /**
   * Facts that are added when the portfolio moves to that version, with the secrets which that version makes itself; as they are where
   * the decider refuses the move, and nothing of them is kept.
   */
  async migrated(stream: string, version: number, given: Values): Promise<Values> {
    const { state } = await this.parts.runtime.load<PortfolioState>(stream);
    if (state.phase === 'ABSENT') return {};
    const to = this.parts.plans.find(state.csp, { name: state.plan.name, version });
    const migration = to && declaredMigration(state, to);
    if (to === undefined || migration === undefined || whyNotMoved(state, to, given)) return given;
    const made = withGenerated(to.facts, movedFacts(state, migration, given), newSecret);
    const added = Object.entries(made).filter(([name]) => Object.hasOwn(given, name) || !(name in state.facts));
    return this.protectFacts(stream, to, Object.fromEntries(added));
  }

  private protectFacts(stream: string, plan: StagePlan, facts: Values): Promise<Values> {
    return protectSecrets(plan.facts, facts, (path, secret) => this.parts.vault.put(`${stream}/facts/${path}`, secret));
  }

  async input(stream: string, stage: string, input: Values): Promise<Values> {
    const found = await this.stage(stream, stage);
    return found ? this.protect(stream, found.name, found.payload.schema, input) : {};
  }

  async result(stream: string, stage: string, result: Values): Promise<Values> {
    const found = await this.stage(stream, stage);
    return found ? this.protect(stream, found.name, found.result, result) : {};
  }

  private protect(stream: string, stage: string, schema: StagePlan['facts'], value: Values): Promise<Values> {
    return protectSecrets(schema, value, (path, secret) => this.parts.vault.put(`${stream}/${stage}/${path}`, secret));
  }

  /** Undefined where there is no such portfolio or stage: `decide` refuses that command, and nothing of it is kept. */
  private async stage(stream: string, name: string): Promise<Stage | undefined> {
    const { state } = await this.parts.runtime.load<PortfolioState>(stream);
    return state.phase === 'ABSENT' ? undefined : stageOf(this.parts.plans.bound(state.csp, state.plan), name);
  }
}
