import { timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Router, type Request, type RequestHandler } from 'express';
import { Compile } from 'typebox/schema';
import type { AnswersStore } from '../answers.store.js';
import type { Database } from '../database.js';
import { contextOf, sendAnswer } from '../gate.js';
import type { LedgerStore } from '../ledger.store.js';
import { errorAnswer, jsonAnswer, type Answer, type RequestContext } from '../sandbox.types.js';
import { CAPACITY, CircuitSchema, CircuitStore, PORTS, type Circuit, type Wanted } from './circuit.store.js';

export interface NrmParts {
  readonly database: Database;
  readonly ledger: LedgerStore;
  readonly answers: AnswersStore;
  readonly token: string;
}
interface Work {
  readonly answer: Answer;
  readonly applied: boolean;
}

const seen = (status: number, body: unknown): Work => ({ answer: jsonAnswer(status, body), applied: false });
const done = (status: number, body: unknown): Work => ({ answer: jsonAnswer(status, body), applied: true });
const refused = (status: number, code: string, message: string): Work => ({
  answer: errorAnswer(status, code, message),
  applied: false,
});
const gone = (applied: boolean): Work => ({ answer: { status: 204, headers: {}, body: '' }, applied });

const schema = Compile(CircuitSchema);

/** The body as a circuit that the network could carry beside the others, or why not. */
function wantedIn(text: string, circuits: CircuitStore, own?: string): Wanted | Work {
  const body = parse(text);
  if (!schema.Check(body)) {
    const [, [first]] = schema.Errors(body);
    return refused(400, 'InvalidCircuit', `${first?.instancePath || '/'} ${first?.message ?? 'is not a circuit'}`);
  }
  const unknown = body.endpoints.find(({ port }) => !PORTS.includes(port));
  if (unknown) return refused(400, 'UnknownPort', `There is no port ${unknown.port}.`);
  const places = body.endpoints.map(({ port, vlan }) => `${port}.${vlan}`);
  if (new Set(places).size < places.length) return refused(400, 'InvalidCircuit', 'An endpoint is there twice.');
  const taken = circuits
    .list()
    .filter(({ id, external_id }) => id !== own && external_id !== body.external_id)
    .flatMap(({ endpoints }) => endpoints)
    .find(({ port, vlan }) => places.includes(`${port}.${vlan}`));
  return taken ? refused(409, 'VlanInUse', `VLAN ${taken.vlan} on port ${taken.port} is in use.`) : body;
}

const isWork = (wanted: Wanted | Work): wanted is Work => 'answer' in wanted;

function create(circuits: CircuitStore, text: string): Work {
  const wanted = wantedIn(text, circuits);
  if (isWork(wanted)) return wanted;
  const known = circuits.byExternalId(wanted.external_id);
  if (known) return refused(409, 'ExternalIdTaken', `Circuit ${known.id} has this external id.`);
  return done(201, circuits.save(wanted));
}

function replace(circuits: CircuitStore, id: string, text: string): Work {
  const known = circuits.find(id);
  if (known === undefined) return refused(404, 'NotFound', `There is no circuit ${id}.`);
  const wanted = wantedIn(text, circuits, id);
  if (isWork(wanted)) return wanted;
  if (wanted.external_id !== known.external_id) return refused(400, 'InvalidCircuit', 'An external id stays.');
  const circuit: Circuit = { id, ...wanted };
  return isDeepStrictEqual(circuit, known) ? seen(200, known) : done(200, circuits.save(wanted, id));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function knows(token: string, request: Request): boolean {
  const given = Buffer.from(request.header('authorization') ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The network resource manager: ports, and circuits that join them. Writes need an Idempotency-Key; all need the token. */
export function nrmRoutes({ database, ledger, answers, token }: NrmParts): Router {
  const circuits = new CircuitStore(database);
  const writing =
    (work: (request: Request, context: RequestContext) => Work): RequestHandler =>
    (request, response) => {
      const context = contextOf(request);
      const missing = errorAnswer(400, 'IdempotencyKeyMissing', 'A change needs an Idempotency-Key.');
      sendAnswer(response, context.key === undefined ? missing : once(context, () => work(request, context)));
    };
  /** The work, its ledger entry and its answer are on disk together, or none of them is. */
  const once = (context: RequestContext, work: () => Work): Answer =>
    database.transaction(() => {
      const known = answers.recall(context);
      if (known !== undefined) return known;
      const { answer, applied } = work();
      if (applied) ledger.applied(context.seq);
      answers.remember(context, answer);
      return answer;
    });
  const router = Router();
  router.use((request, response, next) => {
    if (knows(token, request)) return next();
    sendAnswer(response, errorAnswer(401, 'Unauthorized', 'The bearer token is wrong.'));
  });
  router.get(
    '/ports',
    (_request, response) => void response.json({ value: PORTS.map((id) => ({ id, speed: CAPACITY })) }),
  );
  router.get('/circuits', ({ query: { external_id } }, response) => {
    const all = circuits.list();
    response.json({ value: external_id === undefined ? all : all.filter((each) => each.external_id === external_id) });
  });
  router.get('/circuits/:id', ({ params: { id } }, response) => {
    const found = circuits.find(id);
    sendAnswer(response, found ? jsonAnswer(200, found) : errorAnswer(404, 'NotFound', `There is no circuit ${id}.`));
  });
  router.post(
    '/circuits',
    writing((_, { rawBody }) => create(circuits, rawBody)),
  );
  router.put(
    '/circuits/:id',
    writing(({ params }, { rawBody }) => replace(circuits, String(params['id']), rawBody)),
  );
  router.delete(
    '/circuits/:id',
    writing(({ params }) => gone(circuits.remove(String(params['id'])))),
  );
  return router;
}
