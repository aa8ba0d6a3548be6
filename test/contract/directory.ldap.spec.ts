import { describe } from '@jest/globals';
import { ldapDirectory, type LdapSettings } from '#products';
import { CuttingProxy, SlapdServer } from '#testing';
import { directoryContract } from './directory.contract.js';

const server = await SlapdServer.start();
if (server === undefined) process.stderr.write('skipped: directory.ldap.spec.ts needs slapd\n');

/** AddResponse, ModifyResponse, ModifyDNResponse and DelResponse: tags of RFC 4511 section 4.2.2 and those behind it. */
const WRITTEN = [0x69, 0x67, 0x6d, 0x6b];

/** The tag behind the envelope's length and the message id, whose lengths are one byte for answers this short. */
const isWritten = (answer: Buffer): boolean => WRITTEN.includes(answer[4 + (answer[3] ?? 0)] ?? 0);

(server === undefined ? describe.skip : describe)('the directory over LDAP', () => {
  directoryContract(async () => {
    const { url, bindDn, password, usersBase, groupsBase } = server!;
    const proxy = await CuttingProxy.start(Number(new URL(url).port));
    const settings: LdapSettings = { url: `ldap://127.0.0.1:${proxy.port}`, bindDn, password, usersBase, groupsBase };
    return {
      directory: ldapDirectory(settings),
      stranger: ldapDirectory({ ...settings, password: 'wrong' }),
      loseAnswerOfWrite: (nth) => proxy.loseAnswer(isWritten, nth),
      silence: () => proxy.silence(),
      speak: () => proxy.pass(),
      async stop() {
        await proxy.close();
        await server!.remove();
      },
    };
  });
});
