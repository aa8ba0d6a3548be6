import { Refusal } from '#kernel';
import { isPassing, JsonClient, succeeded, waitOf, type JsonAnswer } from '../http/json-client.js';
import { circuitGone } from './refusals.js';
import type { Attempt, Circuit, CircuitTerms, NetworkPort } from './network.port.js';

/** The network resource manager over HTTP; `base` is its root, without a slash at its end, `token` its bearer token. */
export function httpNetwork(base: string, token?: string): NetworkPort {
  const client = new JsonClient(base, token);
  const findCircuit: NetworkPort['findCircuit'] = async (by, signal) => {
    const path = 'id' in by ? pathOf(by.id) : `/circuits?external_id=${encodeURIComponent(by.externalId)}`;
    const answer = await client.send('GET', path, { signal });
    if (answer.status === 404 && 'id' in by) return undefined;
    if (answer.status !== 200) throw refused(answer);
    const found = 'id' in by ? answer.body : (answer.body as { value?: unknown[] } | undefined)?.value?.[0];
    return found === undefined ? undefined : circuitOf(found);
  };
  const write = (method: 'POST' | 'PUT' | 'DELETE', path: string, { key, signal }: Attempt, json?: object) =>
    client.send(method, path, { json, headers: { 'idempotency-key': key }, signal });
  return {
    findCircuit,
    async createCircuit(terms, externalId, attempt) {
      const known = await findCircuit({ externalId }, attempt.signal);
      if (known) return known;
      const answer = await write('POST', '/circuits', attempt, bodyOf(terms, externalId));
      if (answer.status !== 201) throw refused(answer);
      return circuitOf(answer.body);
    },
    async replaceCircuit(circuit, attempt) {
      const answer = await write('PUT', pathOf(circuit.id), attempt, bodyOf(circuit, circuit.externalId));
      if (answer.status === 404) throw circuitGone(circuit.id);
      if (!succeeded(answer)) throw refused(answer);
    },
    async deleteCircuit(id, attempt) {
      const answer = await write('DELETE', pathOf(id), attempt);
      if (answer.status !== 404 && !succeeded(answer)) throw refused(answer);
    },
  };
}

const pathOf = (id: string): string => `/circuits/${encodeURIComponent(id)}`;

const bodyOf = ({ speed, endpoints }: CircuitTerms, external_id: string) => ({
  external_id,
  speed,
  endpoints: endpoints.map(({ port, vlan }) => ({ port, vlan })),
});

function circuitOf(body: unknown): Circuit {
  const { id, external_id, speed, endpoints } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (
    typeof id !== 'string' ||
    typeof external_id !== 'string' ||
    typeof speed !== 'number' ||
    !Array.isArray(endpoints)
  )
    throw new Refusal('network_answer_invalid', 502, 'the network resource manager answered with no circuit');
  return { id, externalId: external_id, speed, endpoints: endpoints as Circuit['endpoints'] };
}

function refused(answer: JsonAnswer): Refusal {
  const { status, body } = answer;
  const { code, message } = ((body as { error?: unknown } | null | undefined)?.error ?? {}) as Partial<
    Record<string, string>
  >;
  const text = message ?? `the network resource manager answered ${status}`;
  if (isPassing(answer)) {
    const retryAfter = waitOf(answer);
    return new Refusal('network_unavailable', 503, text, retryAfter === undefined ? {} : { retryAfter });
  }
  return new Refusal(code === 'VlanInUse' ? 'vlan_in_use' : 'network_refused', status, text);
}
