export { exportLines } from './export.js';
export { readExport } from './read.js';
export { formats, type ExportFormat } from './formats.js';
export type { ExportScope, Period } from './sources.js';
