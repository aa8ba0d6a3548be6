import { AlreadyExistsError, AndFilter, EqualityFilter, type Entry } from 'ldapts';
import type { GroupKey, UserKey } from '../directory.port.js';
import { entryGone } from '../refusals.js';
import { dnOf } from './ldap-names.js';
import type { LdapSession } from './ldap-session.js';

/**
 * How groups and users are kept. The name is the RDN, so that the directory itself sees to it that nobody else has it; `entryUUID`
 * (RFC 4530) is the id, because it outlives a rename; what SCIM calls externalId is an attribute that the object class allows.
 */
export interface Shape {
  readonly kind: 'group' | 'user';
  readonly objectClass: 'groupOfNames' | 'inetOrgPerson';
  readonly name: 'cn' | 'uid';
  readonly externalId: 'businessCategory' | 'employeeNumber';
  readonly more: readonly string[];
}

/** RFC 4519 section 3.5. The class wants a member; the empty name is nobody. */
export const GROUP: Shape = {
  kind: 'group',
  objectClass: 'groupOfNames',
  name: 'cn',
  externalId: 'businessCategory',
  more: [],
};
/** RFC 2798. */
export const USER: Shape = {
  kind: 'user',
  objectClass: 'inetOrgPerson',
  name: 'uid',
  externalId: 'employeeNumber',
  more: ['employeeType', 'description'],
};

/** An entry as this adapter reads it; of an attribute with several values the first counts, but for `all`. */
export interface Found {
  readonly dn: string;
  readonly id: string;
  readonly name: string;
  readonly externalId: string | undefined;
  readonly all: (attribute: string) => readonly string[];
}

/** Entries of one shape below `base`. */
export class LdapEntries {
  constructor(
    private readonly shape: Shape,
    private readonly base: string,
  ) {}

  async find(session: LdapSession, by: GroupKey | UserKey): Promise<Found | undefined> {
    const { objectClass, name, externalId, more } = this.shape;
    const attributes: Readonly<Record<string, string>> = { id: 'entryUUID', externalId };
    const filters = [equal('objectClass', objectClass)];
    for (const [key, value] of Object.entries(by)) filters.push(equal(attributes[key] ?? name, String(value)));
    const wanted = ['entryUUID', name, externalId, ...more];
    const [entry] = await session.search(this.base, new AndFilter({ filters }), wanted);
    return entry && found(entry, this.shape);
  }

  /** Refusal `directory_entry_gone` 404. */
  async mustHave(session: LdapSession, id: string): Promise<Found> {
    const found = await this.find(session, { id });
    if (found === undefined) throw entryGone(this.shape.kind, id);
    return found;
  }

  /** Undefined when another has the name: it is for the caller to say who. */
  async add(session: LdapSession, name: string, externalId: string, more: Record<string, string>) {
    const { objectClass, name: rdn, externalId: own } = this.shape;
    try {
      await session.add(dnOf(rdn, name, this.base), { objectClass, [rdn]: name, [own]: externalId, ...more });
    } catch (error) {
      if (error instanceof AlreadyExistsError) return undefined;
      throw error;
    }
    return this.find(session, { externalId });
  }
}

export const equal = (attribute: string, value: string): EqualityFilter => new EqualityFilter({ attribute, value });

function found(entry: Entry, { name, externalId }: Shape): Found {
  const all = (attribute: string) => [entry[attribute] ?? []].flat().map(String);
  const first = (attribute: string) => all(attribute)[0];
  return { dn: entry.dn, id: first('entryUUID') ?? '', name: first(name) ?? '', externalId: first(externalId), all };
}
