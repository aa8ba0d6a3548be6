interface Sorted {
  readonly path: string;
}
export default class SlowFirst {
  sort<T extends Sorted>(tests: T[]): T[];
}
