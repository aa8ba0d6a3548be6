export { backupTo, restore } from './backup.js';
export { verifyLog, type Progress, type VerifyReport } from './verify.js';
