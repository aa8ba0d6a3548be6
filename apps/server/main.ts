// What is loaded is most of what a start costs: nothing before it is known to be needed, and of the platform the settings alone.
import { loadConfig } from '../../libs/platform/config/load.js';
import { failToStart } from './start-failure.js';

function configured() {
  try {
    return loadConfig(process.env);
  } catch (error) {
    return failToStart(error);
  }
}

const [command, ...args] = process.argv.slice(2);
if (command === undefined || command.startsWith('-')) {
  const config = configured();
  const { serve } = await import('./serve.js');
  await serve(config, { acceptLoss: process.argv.includes('--accept-loss') });
} else {
  const { runCommand } = await import('./commands/index.js');
  process.exitCode = await runCommand(command, args);
}
