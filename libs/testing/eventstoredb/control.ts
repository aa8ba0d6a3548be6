import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Fault } from './fault-proxy.js';
import type { EventStoreStandIn } from './stand-in.js';

/** Body of `POST /fault`: a fault of the network to one node or to all. */
interface FaultCommand {
  readonly fault: Fault;
  readonly node?: number;
}

type Command = (standIn: EventStoreStandIn, body: unknown) => unknown;

const COMMANDS: Readonly<Record<string, Command>> = {
  'GET /': (standIn) => ({ url: standIn.url, ports: standIn.ports, leader: standIn.leader }),
  'POST /fault': (standIn, body) => {
    const { fault, node } = body as FaultCommand;
    standIn.fault(fault, node);
  },
  'POST /lose-answers': (standIn, body) => standIn.loseAnswers((body as { count: number }).count),
  'POST /cut': (standIn) => standIn.cut(),
  'POST /change-leader': (standIn, body) => standIn.changeLeader((body as { electionMs?: number }).electionMs),
};

/** Commands to a stand-in that runs as a process of its own, over HTTP on loopback with JSON bodies. Answers port and closer. */
export async function startControl(
  standIn: EventStoreStandIn,
  port = 0,
): Promise<{ readonly port: number; close(): void }> {
  const server = createServer((request, response) => void handle(standIn, request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as { port: number }).port, close: () => server.close() };
}

async function handle(standIn: EventStoreStandIn, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const command = COMMANDS[`${request.method} ${request.url}`];
    const body = await text(request);
    const result = await command?.(standIn, body === '' ? {} : JSON.parse(body));
    response.writeHead(command ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(result ?? {}));
  } catch (error) {
    response.writeHead(400).end(String(error));
  }
}
