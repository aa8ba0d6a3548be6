import type { PlanDescription } from '#portfolio';

interface Setting {
  readonly name: string;
  readonly default: unknown;
  readonly meaning: string;
  readonly allowed: string;
  readonly secret: boolean;
}
interface ErrorEntry {
  readonly code: string;
  readonly status: number;
  readonly meaning: string;
  readonly whatToDo: string;
}
export function envExample(settings: readonly Setting[]): string;
export function readmeWithSettings(readme: string, settings: readonly Setting[]): string;
export function errorReference(catalogue: readonly ErrorEntry[]): string;
export function planReference(plans: readonly PlanDescription[]): string;
