import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Refusal, type Ids } from '#kernel';
import { toProblem } from '#platform';

/** By the code of what Node refuses before there is a request (https://nodejs.org/api/http.html#event-clienterror). */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: new Refusal('request_timeout', 408, 'the request did not arrive in time'),
  HPE_HEADER_OVERFLOW: new Refusal('headers_too_large', 431, 'the headers are longer than 16 KiB together'),
};
const UNREADABLE = new Refusal('bad_request', 400, 'this is no HTTP request');

/** Answers what is no request, or not yet one after too long, with problem details like everything else, and ends the connection. */
export const unreadableRequests =
  (ids: Ids) =>
  (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    if (socket.writable) socket.write(answerTo(error, ids));
    socket.destroy(error);
  };

function answerTo({ code = '' }: NodeJS.ErrnoException, ids: Ids): string {
  const { status, headers, body } = toProblem(REFUSALS[code] ?? UNREADABLE);
  const text = JSON.stringify(body);
  const all = {
    ...headers,
    'X-Correlation-Id': ids.uuid(),
    'Content-Length': String(Buffer.byteLength(text)),
    Connection: 'close',
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${text}`;
}
