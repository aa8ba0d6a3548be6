import { isAccessRole, isName, makeToken } from '#platform';
import { UsageError, type SubCommand } from './command.js';

/** Makes a token: its value on the first line, once; the line for PURVEYOR_TOKENS_FILE on the second. Nothing is written. */
export const tokenCommand: SubCommand = {
  usage: 'NAME ROLE',
  meaning: 'makes a bearer token; ROLE is read, operate or admin',
  run([name = '', role = '', ...more]) {
    if (!isName(name)) throw new UsageError('A name is 1 to 64 letters, digits and . _ @ -, and not reserved.');
    if (!isAccessRole(role) || more.length > 0) throw new UsageError('The role is read, operate or admin.');
    const { value, line } = makeToken(name, role);
    process.stderr.write('The token (shown this once), then the line for PURVEYOR_TOKENS_FILE:\n');
    process.stdout.write(`${value}\n${line}\n`);
    return 0;
  },
};
