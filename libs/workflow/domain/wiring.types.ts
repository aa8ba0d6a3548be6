import type { Static, TObject, TProperties } from 'typebox';

/** TypeScript type of the values that a record of schemas describes. */
export type Values<P extends TProperties> = Static<TObject<P>>;

/** Carries, in types only, what a node needs in the state and what it adds. */
export interface Wiring<Reads = any, Adds = any> {
  readonly wiring?: { readonly reads: Reads; readonly adds: Adds };
}

export type ReadsOf<N> = N extends { wiring?: { reads: infer R } } ? R : object;
export type AddsOf<N> = N extends { wiring?: { adds: infer A } } ? A : object;

/** What a sequence needs from outside: reads that no earlier step of it adds. */
export type SequenceReads<S extends readonly unknown[]> = S extends readonly [infer H, ...infer T]
  ? ReadsOf<H> & Omit<SequenceReads<T>, keyof AddsOf<H>>
  : object;
export type SequenceAdds<S extends readonly unknown[]> = S extends readonly [infer H, ...infer T]
  ? AddsOf<H> & SequenceAdds<T>
  : object;

type Intersection<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never;
/** Keeps a tuple a tuple; an intersection would hide its elements from `infer`. */
type Tuple<T> = T extends readonly unknown[] ? T : never;
export type BranchReads<B> = Intersection<{ [K in keyof B]: SequenceReads<Tuple<B[K]>> }[keyof B]>;
export type BranchAdds<B> = Intersection<{ [K in keyof B]: SequenceAdds<Tuple<B[K]>> }[keyof B]>;
/** Of branches of which one is done: what that one adds, whichever it is. */
export type FirstAdds<B> = { [K in keyof B]: SequenceAdds<Tuple<B[K]>> }[keyof B];

/** `never` when each step finds its inputs in what is there before it; otherwise the key of the first that does not. */
export type Unwired<S extends readonly unknown[], Have> = S extends readonly [infer H, ...infer T]
  ? Have extends ReadsOf<H>
    ? Unwired<T, Have & AddsOf<H>>
    : H extends { key: infer K }
      ? K
      : 'unknown step'
  : never;

/** Added to the type of a list of steps: makes a list with a missing input a compile error that names the step. */
export type Wired<S extends readonly unknown[], Have> = [Unwired<S, Have>] extends [never]
  ? unknown
  : { readonly 'an input is missing for step': Unwired<S, Have> };
