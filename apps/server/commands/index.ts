import { UsageError, type SubCommand } from './command.js';

/** Every sub-command by its name; one file each, loaded when it is run. */
const commands: Readonly<Record<string, () => Promise<SubCommand>>> = {
  setup: async () => (await import('./setup.command.js')).setupCommand,
  parked: async () => (await import('./parked.command.js')).parkedCommand,
  move: async () => (await import('./move.command.js')).moveCommand,
  token: async () => (await import('./token.command.js')).tokenCommand,
  definitions: async () => (await import('./definitions.command.js')).definitionsCommand,
};

/** Runs the sub-command and answers its exit code: 2 when it does not exist or its arguments were not understood. */
export async function runCommand(name: string, args: readonly string[]): Promise<number> {
  try {
    const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (load === undefined) throw new UsageError(`There is no command ${name}.`);
    return await (await load()).run(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    if (!(error instanceof UsageError)) return 1;
    for (const line of await usage()) process.stderr.write(`${line}\n`);
    return 2;
  }
}

async function usage(): Promise<readonly string[]> {
  const lines = Object.entries(commands).map(async ([name, load]) => {
    const { usage: args, meaning } = await load();
    return `  ${name} ${args}  ${meaning}`;
  });
  return ['Without a command the server starts. Commands:', ...(await Promise.all(lines))];
}
