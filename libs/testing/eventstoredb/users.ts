import { status, type Metadata, type ServerErrorResponse } from '@grpc/grpc-js';
import { exception } from './wire.js';

export interface User {
  readonly username: string;
  readonly password: string;
}

type Call = {
  readonly metadata: Metadata;
  emit(event: 'error', error: unknown): boolean;
  on(event: 'error', run: () => void): unknown;
};
type Handler = (call: never, answer: never) => void;

/** As the real server with users does it: whoever says nothing is denied, whoever says something wrong is not known. */
export function letIn<T extends Readonly<Record<string, Handler>>>(user: User | undefined, calls: T): T {
  if (user === undefined) return calls;
  const basic = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;
  const asked = Object.entries(calls).map(([name, handle]) => [
    name,
    (call: Call, answer?: (error: Partial<ServerErrorResponse>) => void) => {
      const given = call.metadata.get('authorization')[0];
      if (given === basic) handle(call as never, answer as never);
      else refuse(call, given === undefined ? DENIED : UNKNOWN, answer);
    },
  ]);
  return Object.fromEntries(asked) as T;
}

const DENIED = exception(status.PERMISSION_DENIED, 'Access Denied', 'access-denied');
const UNKNOWN = exception(status.UNAUTHENTICATED, 'Unauthenticated');

function refuse(call: Call, error: typeof DENIED, answer?: (error: Partial<ServerErrorResponse>) => void): void {
  call.on('error', () => {});
  if (answer !== undefined) answer(error);
  else call.emit('error', error);
}
