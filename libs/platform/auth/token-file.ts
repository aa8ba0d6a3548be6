import { readFileSync, statSync } from 'node:fs';
import type { Clock } from '#kernel';
import { findToken, readTokenList, type TokenEntry } from './token-list.js';

/** A changed file counts at most this much later. */
const LOOK_EVERY_MS = 1_000;

/** Where the file's faults are told. */
export interface TokenLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * The tokens of a file that may change at any time: it is looked at when a token is asked for, at most once a second, and read when
 * it is another one. A file that cannot be read leaves the earlier tokens in force. Throws only when made over such a file.
 */
export class TokenFile {
  private entries: readonly TokenEntry[];
  private version: string;
  private broken: string | undefined;
  private lookedAt: number;

  constructor(
    private readonly path: string,
    private readonly clock: Clock,
    private readonly log: TokenLog,
  ) {
    this.lookedAt = clock.now();
    this.version = this.versionOnDisk();
    this.entries = this.read();
  }

  find(token: string): TokenEntry | undefined {
    this.look();
    return findToken(this.entries, token);
  }

  /** What is wrong with the file, if anything is: the earlier tokens are then in force. */
  fault(): string | undefined {
    this.look();
    return this.broken;
  }

  private look(): void {
    const now = this.clock.now();
    if (Math.abs(now - this.lookedAt) < LOOK_EVERY_MS) return;
    this.lookedAt = now;
    // Before reading: what is written meanwhile has another version and is read the next time.
    const version = this.versionOnDisk();
    if (version === this.version) return;
    this.version = version;
    this.reload();
  }

  private reload(): void {
    try {
      this.entries = this.read();
      this.broken = undefined;
      this.log.info({ tokens: this.entries.length }, 'the tokens file has changed and was read');
    } catch (error) {
      this.broken = (error as Error).message;
      this.log.error({ fault: this.broken }, 'the tokens file cannot be used; the earlier tokens stay in force');
    }
  }

  private read(): readonly TokenEntry[] {
    try {
      if (anybodyWrites(this.path)) throw new Error('everybody may write the file, and so become an admin (chmod o-w)');
      return readTokenList(readFileSync(this.path, 'utf8'));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new Error(`PURVEYOR_TOKENS_FILE: ${code === undefined ? message : `the file cannot be read (${code})`}`, {
        cause: error,
      });
    }
  }

  /** Changes whenever the file does, also when another takes its place (a mounted secret is a link that is moved). */
  private versionOnDisk(): string {
    try {
      const { ino, mtimeNs, ctimeNs, size } = statSync(this.path, { bigint: true });
      return `${ino} ${mtimeNs} ${ctimeNs} ${size}`;
    } catch (error) {
      return String((error as NodeJS.ErrnoException).code);
    }
  }
}

/** Windows has no such bit. */
const anybodyWrites = (path: string): boolean => process.platform !== 'win32' && (statSync(path).mode & 0o002) !== 0;
