import type { ErasableVault } from '#kernel';

/** A vault in memory, with the references of the one on disk. */
export class MemoryVault implements ErasableVault {
  private readonly kept = new Map<string, string>();

  async put(name: string, secret: string): Promise<string> {
    const known = await this.versions(name);
    const same = known.find((each) => each.secret === secret);
    if (same !== undefined) return same.reference;
    const last = Number(known.at(-1)?.reference.split('#').at(-1) ?? 0);
    this.kept.set(`vault:${name}#${last + 1}`, secret);
    return `vault:${name}#${last + 1}`;
  }

  async get(reference: string): Promise<string> {
    const secret = this.kept.get(reference);
    if (secret === undefined)
      throw Object.assign(new Error(`the vault holds no ${reference}`), { code: 'vault_not_found' });
    return secret;
  }

  async versions(name: string): Promise<readonly { readonly reference: string; readonly secret: string }[]> {
    const ours = [...this.kept].filter(
      ([reference]) => reference.slice(0, reference.lastIndexOf('#')) === `vault:${name}`,
    );
    return ours.map(([reference, secret]) => ({ reference, secret }));
  }

  async discard(reference: string): Promise<void> {
    this.kept.delete(reference);
  }

  async remove(reference: string): Promise<void> {
    const name = reference.slice('vault:'.length, reference.lastIndexOf('#'));
    for (const version of await this.versions(name)) this.kept.delete(version.reference);
  }

  get references(): readonly string[] {
    return [...this.kept.keys()];
  }
}
