/** Wall clock in milliseconds since the epoch, and timers on the same clock. Injected so that a simulation can own time. */
export interface Clock {
  now(): number;
  /** Calls back once after `ms`; the answer cancels it. Never keeps the process alive. */
  after(ms: number, call: () => void): () => void;
}

/** Time-ordered ids (UUIDv7), random tokens and random numbers in [0, 1). */
export interface Ids {
  uuid(): string;
  random(): number;
}

/** Keeps secrets outside events. A reference is `vault:<name>#<version>`; putting the same value under a name again answers the same reference. */
export interface Vault {
  put(name: string, secret: string): Promise<string>;
  /** Throws an error with the code `vault_not_found` when there is none. */
  get(reference: string): Promise<string>;
}

/** A vault that can forget. */
export interface ErasableVault extends Vault {
  /** Forgets every version of the reference's name; one that is not there is forgotten already. */
  remove(reference: string): Promise<void>;
  /** Every version that is kept under a name, oldest first. */
  versions(name: string): Promise<readonly { readonly reference: string; readonly secret: string }[]>;
  /** Forgets this one version; one that is not there is forgotten already. */
  discard(reference: string): Promise<void>;
}

/** One AES-256 key per data subject, kept outside the log; deleting it erases the subject's personal data. */
export interface SubjectKeys {
  /** Makes the key if there is none; durable when it resolves. */
  ensure(subject: string): Promise<Uint8Array>;
  /** From memory; undefined when there is none (erased). */
  peek(subject: string): Uint8Array | undefined;
  /** Whether there was a key and it is gone for good. Without it nobody can be forgotten. */
  wasForgotten?(subject: string): boolean;
}
