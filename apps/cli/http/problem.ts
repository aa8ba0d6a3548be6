import { Failed, exitCodeOf } from '../exit-codes.js';

interface Fault {
  readonly pointer?: string;
  readonly loc?: readonly unknown[];
  readonly message?: string;
  readonly msg?: string;
}
/** Problem details (RFC 9457), or the Workflow Orchestrator's form answers, which share title and detail. */
interface Problem {
  readonly title?: string;
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  readonly validation_errors?: readonly Fault[];
  readonly commands?: readonly unknown[];
}

/** What a refusal says: title and detail, the faults with their places, the commands that would fit, and the stable code. */
export function failureOf(status: number, text: string): Failed {
  const problem = parsed(text);
  if (problem === undefined) return new Failed(exitCodeOf(status), `the server answered ${status} without a reason`);
  const { title, detail, code, errors, validation_errors: forms, commands } = problem;
  const lines = [
    [title, detail].filter((part) => part !== undefined && part !== '').join(': '),
    ...[...(errors ?? []), ...(forms ?? [])].map(faultLine),
    ...(commands?.length ? [`  what fits now: ${commands.map(nameOf).join(', ')}`] : []),
    `  (${[code, `HTTP ${status}`].filter(Boolean).join(', ')})`,
  ];
  return new Failed(exitCodeOf(status), lines.join('\n'), problem);
}

function faultLine({ pointer, loc, message, msg }: Fault): string {
  return `  ${pointer ?? loc?.join('.') ?? ''}: ${message ?? msg ?? ''}`;
}

function nameOf(command: unknown): string {
  if (typeof command === 'string') return command;
  const { command: name, stage } = command as { command?: string; stage?: string };
  return [name, stage].filter(Boolean).join(' ');
}

function parsed(text: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
