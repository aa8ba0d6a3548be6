import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { endUnusedConnections } from './unused-connections.js';

it('only connections on which nothing was sent end before the server closes', async () => {
  const server = createServer((_request, response) => void response.end());
  let preClose = (_done: () => void): void => {};
  const addHook = (_name: string, hook: typeof preClose) => void (preClose = hook);
  endUnusedConnections({ server, addHook } as never);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = async () => {
    const accepted = once(server, 'connection');
    const socket = connect(port, '127.0.0.1');
    await accepted;
    return socket;
  };
  const [unused, used] = [await open(), await open()];
  used.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(used, 'data');
  const gone = once(unused, 'close');
  await new Promise<void>((resolve) => preClose(resolve));
  await gone;
  expect([unused.destroyed, used.destroyed]).toEqual([true, false]);
  used.destroy();
  server.close();
});
