import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV = 12;
const TAG = 16;

/** AES-256-GCM under one key. `place` is bound as additional data, so that a record cannot be moved to another place unnoticed. */
export class SealedBox {
  constructor(private readonly key: Uint8Array) {
    if (key.length !== 32) throw new Error('the vault key must have 32 bytes');
  }

  /** iv, tag and text. */
  seal(plain: Uint8Array, place: string): Uint8Array {
    const iv = randomBytes(IV);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(place));
    const text = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]);
  }

  /** Undefined when key, place or bytes are not those it was sealed with. */
  open(sealed: Uint8Array, place: string): Uint8Array | undefined {
    if (sealed.length < IV + TAG) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, IV), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(IV, IV + TAG));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(IV + TAG)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
}
