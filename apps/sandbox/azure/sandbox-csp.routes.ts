import { Type } from 'typebox';
import { jsonAnswer } from '../sandbox.types.js';
import { exists, notFound, putOnce, refused } from './answers.js';
import type { Route } from './route.js';

const text = Type.String({ minLength: 1 });
const strict = { additionalProperties: false };

/** A second provider with a contract of its own: accounts that take their time, and environments in them. */
export const sandboxCspRoutes: readonly Route[] = [
  {
    name: 'createAccount',
    api: 'sandbox',
    method: 'POST',
    path: '/accounts',
    callers: [],
    body: Type.Object({ displayName: text, owner: text }, strict),
    work: (request, { store, operations }) => {
      const name = request.body.displayName as string;
      if (store.exists('accounts', '', name)) return exists(name);
      const data = { status: 'Succeeded', properties: { accountId: name } };
      return operations.begin(request, ['accounts', '', name], data, '/operations', 'location');
    },
  },
  {
    name: 'accountOperation',
    api: 'sandbox',
    method: 'GET',
    path: '/operations/:operation',
    callers: [],
    work: ({ params }, { operations }) => ({
      answer: operations.poll(params['operation']!, (data) => jsonAnswer(200, data)),
      applied: false,
    }),
  },
  {
    name: 'putEnvironment',
    api: 'sandbox',
    method: 'PUT',
    path: '/accounts/:account/environments/:name',
    callers: [],
    body: Type.Object({ name: text }, strict),
    work: ({ params, body }, world) => {
      const [account, name] = [params['account']!, params['name']!];
      if (world.store.find('accounts', '', account) === undefined) return notFound(`account ${account}`);
      if (body.name !== name) return refused(400, 'BadRequest', 'The body names another environment.');
      return putOnce(world, ['environments', account, name], { id: `${account}/${name}` });
    },
  },
];
