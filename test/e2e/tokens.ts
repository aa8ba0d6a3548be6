import { execFileSync } from 'node:child_process';
import { SERVER } from './programs.js';

/** A bearer token, and its line for the file of `PURVEYOR_TOKENS_FILE`. */
export interface Token {
  readonly value: string;
  readonly line: string;
}

/** What `main.js token NAME ROLE` prints. */
export function made(name: string, role: string): Token {
  const args = [SERVER, 'token', name, role];
  const [value = '', line = ''] = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' })
    .trim()
    .split('\n');
  return { value, line };
}

/** The header by which its owner is known. */
export const as = ({ value }: Pick<Token, 'value'>) => ({ authorization: `Bearer ${value}` });
