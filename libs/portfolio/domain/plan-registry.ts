import { Refusal } from '#kernel';
import { planFaults } from './plan-check.js';
import type { StagePlan } from './stage-plan.js';

/**
 * Law 8: this process does not know the plan the portfolio is bound to; the portfolio is left alone. People who ask something of it
 * are told so by the refusal `definition_unavailable` 409; nothing is recorded.
 */
export class UnknownPlan extends Refusal {
  constructor(csp: string, plan: string, version: number) {
    const detail = `no code here for plan ${plan} version ${version} of CSP ${csp} with the stages it was started with`;
    super('definition_unavailable', 409, detail, { csp, plan, version });
    this.name = 'UnknownPlan';
  }
}

/** A portfolio's binding to its plan. */
export interface PlanRef {
  readonly name: string;
  readonly version: number;
  readonly stages: readonly string[];
}

/** All stage plans of this process, several versions each: portfolios finish on the one they began with. */
export class PlanRegistry {
  private readonly plans: StagePlan[] = [];

  /** Throws an Error that names every fault of the plan. */
  register(plan: StagePlan): this {
    const title = `plan ${plan.name} version ${plan.version}`;
    const faults = [...planFaults(plan)];
    faults.push(...this.migrationFaults(plan));
    if (faults.length > 0) throw new Error(`${title}: ${faults.join('; ')}`);
    if (this.find(plan.csp, plan)) throw new Error(`${title} is registered twice`);
    this.plans.push(plan);
    return this;
  }

  /** What is wrong with what the plan declares of older versions, which are registered before it. */
  private migrationFaults({ csp, name, stages, migrations = [] }: StagePlan): readonly string[] {
    return migrations.flatMap(({ from, stages: map }) => {
      const older = this.find(csp, { name, version: from });
      if (older === undefined) return [`migrates from version ${from}, which is not registered before it`];
      const strange = Object.keys(map).filter((stage) => older.stages.every((one) => one.name !== stage));
      const places = Object.values(map).map((stage) => stages.findIndex((one) => one.name === stage));
      return [
        ...strange.map((stage) => `migrates ${stage}, which version ${from} does not have`),
        ...(places.includes(-1) ? [`migrates to a stage that it does not have`] : []),
        ...(new Set(places).size < places.length ? ['migrates two stages to one'] : []),
      ];
    });
  }

  find(csp: string, ref: { readonly name: string; readonly version: number }): StagePlan | undefined {
    return this.plans.find((plan) => plan.csp === csp && plan.name === ref.name && plan.version === ref.version);
  }

  /** The plan new portfolios at this CSP begin with: its highest version, or the one that was asked for. */
  latest(csp: string, version?: number): StagePlan | undefined {
    const plans = this.plans.filter((plan) => plan.csp === csp && plan.version === (version ?? plan.version));
    return plans.sort((a, b) => b.version - a.version)[0];
  }

  /** The plan a portfolio is bound to; throws {@link UnknownPlan} when its code is not here or has other stages. */
  bound(csp: string, ref: PlanRef): StagePlan {
    const plan = this.find(csp, ref);
    const same = plan?.stages.length === ref.stages.length && plan.stages.every((s, i) => s.name === ref.stages[i]);
    if (plan === undefined || !same) throw new UnknownPlan(csp, ref.name, ref.version);
    return plan;
  }

  /** Versions of a CSP's plan, oldest first. */
  versions(csp: string): readonly number[] {
    return this.plans
      .filter((plan) => plan.csp === csp)
      .map(({ version }) => version)
      .sort((a, b) => a - b);
  }

  /** CSPs in the order of their registration. */
  csps(): readonly string[] {
    return [...new Set(this.plans.map((plan) => plan.csp))];
  }
}
