// Preloaded into a program: kills it just before it renames a file for the KILL_AT_RENAME-th time.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { renameSync } = fs;
let left = Number(process.env['KILL_AT_RENAME']);
fs.renameSync = (...given) => {
  if (--left === 0) process.kill(process.pid, 'SIGKILL');
  renameSync(...given);
};
syncBuiltinESMExports();
