// Preloaded into a server: it is asked to stop as soon as it listens, which is before it begins to drive anything.
import { Server } from 'node:http';

const listen = Server.prototype.listen;
Server.prototype.listen = function (...given) {
  this.once('listening', () => process.emit('SIGTERM', 'SIGTERM'));
  return Reflect.apply(listen, this, given);
};
