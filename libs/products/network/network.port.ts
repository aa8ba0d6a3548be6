/** One end of a circuit. */
export interface Endpoint {
  readonly port: string;
  /** IEEE 802.1Q, 1 to 4094. */
  readonly vlan: number;
}

/** What a circuit is to be. */
export interface CircuitTerms {
  /** Mbit/s. */
  readonly speed: number;
  /** 2 to 8. */
  readonly endpoints: readonly Endpoint[];
}
export interface Circuit extends CircuitTerms {
  readonly id: string;
  readonly externalId: string;
}

/** Of one logical request (law 2): `key` is the same in every attempt. */
export interface Attempt {
  readonly key: string;
  readonly signal: AbortSignal;
}

/**
 * The network resource manager. Every call may be repeated: what is there already is found, what is gone already is gone. All throw a
 * Refusal for an answer that says why not (`network_refused` with its status, `network_unavailable` 503, `vlan_in_use` 409); any other error
 * leaves the outcome unknown.
 */
export interface NetworkPort {
  findCircuit(
    by: { readonly id: string } | { readonly externalId: string },
    signal: AbortSignal,
  ): Promise<Circuit | undefined>;
  /** Creates the circuit once per external id. */
  createCircuit(terms: CircuitTerms, externalId: string, attempt: Attempt): Promise<Circuit>;
  /** Refusal `circuit_gone` 404. */
  replaceCircuit(circuit: Circuit, attempt: Attempt): Promise<void>;
  deleteCircuit(id: string, attempt: Attempt): Promise<void>;
}
