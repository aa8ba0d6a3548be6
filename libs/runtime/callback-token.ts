import { createHmac, timingSafeEqual } from 'node:crypto';

/** A key that signs callback tokens; the first of the list signs, all verify. */
export interface TokenKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** Self-contained addresses for callbacks: stream and request key with an HMAC. Computed when needed, never stored. */
export class CallbackTokens {
  /** What an intent freezes (law 2): id of the key that signs today and, behind a space, the address that is ours today. */
  readonly current: string;

  constructor(
    private readonly keys: readonly TokenKey[],
    private readonly baseUrl: string,
  ) {
    if (keys.length === 0) throw new Error('at least one callback key is needed');
    this.current = `${keys[0]!.id} ${baseUrl}`;
  }

  /** Token for a request; `frozen` as {@link current} told it. A key that was retired meanwhile is replaced by today's. */
  mint(stream: string, key: string, frozen = this.current): string {
    const [keyId] = frozen.split(' ');
    const signing = this.keys.find((k) => k.id === keyId) ?? this.keys[0]!;
    const body = Buffer.from(JSON.stringify([stream, key, signing.id])).toString('base64url');
    return `${body}.${mac(signing, body)}`;
  }

  /** Every attempt tells the same address, also when ours has changed meanwhile: the body must be the same to the byte. */
  url(stream: string, key: string, frozen = this.current): string {
    const [, base = this.baseUrl] = frozen.split(' ');
    return `${base}/api/callbacks/${this.mint(stream, key, frozen)}`;
  }

  /** What a token stands for; undefined when we did not sign it. Nothing is read before this check. */
  open(token: string): { readonly stream: string; readonly key: string } | undefined {
    const [body, given] = token.split('.');
    if (body === undefined || given === undefined || token.length > 1024) return undefined;
    try {
      const [stream, key, keyId] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [string, string, string];
      const signing = this.keys.find((k) => k.id === keyId);
      if (signing === undefined) return undefined;
      const wanted = Buffer.from(mac(signing, body));
      const got = Buffer.from(given);
      return wanted.length === got.length && timingSafeEqual(wanted, got) ? { stream, key } : undefined;
    } catch {
      return undefined;
    }
  }
}

const mac = (key: TokenKey, body: string): string => createHmac('sha256', key.key).update(body).digest('base64url');
