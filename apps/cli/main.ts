import { CommanderError } from 'commander';
import { EXIT, Failed } from './exit-codes.js';
import { plain } from './output/text.js';
import { programFor } from './program.js';

const program = programFor(process.env);

/** Help is no fault; anything else that commander refuses is the command line's. */
function end(error: unknown): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return;
  }
  const { exitCode, message, problem } =
    error instanceof Failed ? error : new Failed(EXIT.fault, error instanceof Error ? error.message : String(error));
  process.exitCode = exitCode;
  const text = message.split('\n').map(plain).join('\n');
  const json = program.opts()['json'] === true;
  process.stderr.write(json ? `${JSON.stringify(problem ?? { title: text })}\n` : `purveyor: ${text}\n`);
}

// `purveyor list processes | head` closes the pipe: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  end(new Failed(EXIT.local, `the answer cannot be written: ${error.message}`));
  process.exit();
});

await program.parseAsync().catch(end);
