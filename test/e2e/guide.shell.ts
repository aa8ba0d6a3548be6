import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { purveyor, run, type Ended } from './purveyor.js';
import type { Person, Story } from './guide.story.js';
import type { Answer } from './world.js';

const CURL =
  /^curl -H @(?<person>\w+)\.header(?: -X (?<method>POST))?(?: -o (?<file>[\w.-]+))? 'http:\/\/127\.0\.0\.1:3000(?<path>\/\S+)'$/;
const CHECK = 'node scripts/check-export.mjs ';
const PURVEYOR = 'npx purveyor ';

/** The auditor's terminal: a directory with the token files, and no more syntax than the guide needs. Throws on anything else. */
export class Shell {
  constructor(private readonly story: Story) {}

  /** `npx purveyor ...`, `node scripts/check-export.mjs ...`; with `| tee FILE` the output is kept as well. */
  async run(line: string): Promise<Ended> {
    const [command = '', file] = line.split(' | tee ');
    const ended = await this.program(command);
    if (file !== undefined) writeFileSync(join(this.story.directory, file), ended.out);
    return ended;
  }

  private program(command: string): Promise<Ended> {
    const { world, directory } = this.story;
    if (command.startsWith(CHECK))
      return run([resolve('scripts/check-export.mjs'), ...command.slice(CHECK.length).split(' ')], {}, directory);
    if (!command.startsWith(PURVEYOR)) throw new Error(`this shell does not know how to ${command}`);
    const args = command.slice(PURVEYOR.length).split(' ');
    return purveyor(world, args, { PURVEYOR_TOKEN_FILE: 'ida.token' }, directory);
  }

  /** `curl -H @PERSON.header [-X POST] [-o FILE] 'URL'`. */
  async curl(line: string): Promise<Answer> {
    const { person, method = 'GET', file, path } = CURL.exec(line)?.groups ?? {};
    if (path === undefined) throw new Error(`this shell does not know how to ${line}`);
    const answer = await this.story.world.api(method, path, undefined, this.story.as(person as Person));
    if (file !== undefined) writeFileSync(join(this.story.directory, file), answer.text);
    return answer;
  }
}
