import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { scimDirectory } from '#products';
import { CuttingProxy } from '#testing';
import { DEVELOPMENT_SCIM_TOKEN, startSandbox } from '../../apps/sandbox/sandbox.js';
import { directoryContract } from './directory.contract.js';

const isWritten = (answer: Buffer): boolean => /^HTTP\/1\.1 20[0-9]/.test(answer.toString('latin1'));

describe('the directory over SCIM', () => {
  directoryContract(async () => {
    const path = await mkdtemp(join(tmpdir(), 'purveyor-scim-'));
    const sandbox = await startSandbox({ port: 0, directory: path });
    const proxy = await CuttingProxy.start(Number(new URL(sandbox.url).port));
    const base = `http://127.0.0.1:${proxy.port}/scim/v2`;
    let writes = false;
    proxy.onRequest((request) => {
      writes = /^(POST|PATCH|DELETE) /.test(request.toString('latin1'));
    });
    return {
      directory: scimDirectory(base, DEVELOPMENT_SCIM_TOKEN),
      stranger: scimDirectory(base, 'another-token'),
      loseAnswerOfWrite: (nth) => proxy.loseAnswer((answer) => writes && isWritten(answer), nth),
      silence: () => proxy.silence(),
      speak: () => proxy.pass(),
      async stop() {
        await proxy.close();
        await sandbox.close();
        await rm(path, { recursive: true });
      },
    };
  });
});
