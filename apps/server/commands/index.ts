import { UsageError, type SubCommand } from './command.js';
import { definitionsCommand } from './definitions.command.js';
import { parkedCommand } from './parked.command.js';
import { setupCommand } from './setup.command.js';
import { moveCommand } from './move.command.js';
import { tokenCommand } from './token.command.js';

/** Every sub-command by its name; one file each. */
const commands: Readonly<Record<string, SubCommand>> = {
  setup: setupCommand,
  parked: parkedCommand,
  move: moveCommand,
  token: tokenCommand,
  definitions: definitionsCommand,
};

/** Runs the sub-command and answers its exit code: 2 when it does not exist or its arguments were not understood. */
export async function runCommand(name: string, args: readonly string[]): Promise<number> {
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) throw new UsageError(`There is no command ${name}.`);
    return await command.run(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    if (!(error instanceof UsageError)) return 1;
    for (const line of usage()) process.stderr.write(`${line}\n`);
    return 2;
  }
}

const usage = (): readonly string[] => [
  'Without a command the server starts. Commands:',
  ...Object.entries(commands).map(([name, { usage: args, meaning }]) => `  ${name} ${args}  ${meaning}`),
];
