import { azure } from './azure/azure.csp.js';
import type { Csp } from './csp.js';
import { sandbox } from './sandbox/sandbox.csp.js';

/** The cloud service providers of this program. */
export const csps: readonly Csp[] = [azure, sandbox];
