export { backupTo, restore } from './backup.js';
export { moveLog, type Moved, type MoveProgress } from './move.js';
export { readDirectory } from './read.js';
export { verifyLog, type Progress, type VerifyReport } from './verify.js';
