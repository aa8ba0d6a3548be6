import { DEFAULT_TERMS, type ProvisionerTerms } from '../domain/provisioner-terms.js';
import type { NeedTerms } from '../published/index.js';
import type { Provisioner } from './provisioner.js';

/** The provisioners of this process by resource type. One line each where the server is composed. */
export class ProvisionerRegistry implements ProvisionerTerms {
  private readonly byType = new Map<string, Provisioner>();

  /** Throws when the type has a provisioner already. */
  register(...provisioners: readonly Provisioner[]): this {
    for (const provisioner of provisioners) {
      if (this.byType.has(provisioner.type)) throw new Error(`resource type ${provisioner.type} has two provisioners`);
      this.byType.set(provisioner.type, provisioner);
    }
    return this;
  }

  termsOf(type: string): NeedTerms | undefined {
    const found = this.byType.get(type);
    return found && { ...DEFAULT_TERMS, ...found.terms };
  }

  all(): readonly Provisioner[] {
    return [...this.byType.values()];
  }
}
