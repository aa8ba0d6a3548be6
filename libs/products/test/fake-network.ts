import { circuitGone } from '../network/refusals.js';
import type { Circuit, CircuitTerms, NetworkPort } from '../index.js';

/** A network in memory; `circuits` may be changed by hand, as somebody else would. */
export class FakeNetwork implements NetworkPort {
  readonly circuits = new Map<string, Circuit>();
  /** Names of the calls that change something. */
  readonly writes: string[] = [];
  private made = 0;

  async findCircuit(by: { readonly id: string } | { readonly externalId: string }): Promise<Circuit | undefined> {
    if ('id' in by) return this.circuits.get(by.id);
    return [...this.circuits.values()].find(({ externalId }) => externalId === by.externalId);
  }

  async createCircuit(terms: CircuitTerms, externalId: string): Promise<Circuit> {
    const known = await this.findCircuit({ externalId });
    if (known) return known;
    this.writes.push('createCircuit');
    const circuit = { id: `c${++this.made}`, externalId, ...terms };
    this.circuits.set(circuit.id, circuit);
    return circuit;
  }

  async replaceCircuit(circuit: Circuit): Promise<void> {
    if (!this.circuits.has(circuit.id)) throw circuitGone(circuit.id);
    this.writes.push('replaceCircuit');
    this.circuits.set(circuit.id, circuit);
  }

  async deleteCircuit(id: string): Promise<void> {
    this.writes.push('deleteCircuit');
    this.circuits.delete(id);
  }
}
