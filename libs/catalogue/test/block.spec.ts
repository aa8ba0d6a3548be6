import { describe, expect, it } from '@jest/globals';
import {
  Catalogue,
  identified,
  initialValues,
  missingFields,
  treeOf,
  valueFaults,
  type BlockIn,
  type Reference,
} from '../index.js';
import { group, groupProduct, link, linkProduct, port } from './fixture.js';

const ref: Reference = { owner_subscription_id: 'o', subscription_instance_id: 'i' };
const service = { speed: 10 };
const ports = [
  { vlan: 1, port_id: 'a' },
  { vlan: 2, port_id: 'b' },
];
const whole = { title: 't', service, ports, group: ref, observers: [] };

describe('a product block', () => {
  it('says by state what is missing, in the blocks under it too', () => {
    expect(missingFields(group, {}, 'initial')).toEqual([]);
    expect(missingFields(group, {}, 'provisioning')).toEqual(['group_name']);
    expect(missingFields(group, { group_name: 'n' }, 'active')).toEqual(['group_id']);
    expect(missingFields(link, {}, 'initial')).toEqual(['group']);
    expect(missingFields(link, {}, 'provisioning')).toEqual(['title', 'service', 'ports', 'group']);
    const unfinished = { ...whole, service: {}, ports: [{ vlan: 1, port_id: 'a' }, { vlan: 2 }] };
    expect(missingFields(link, unfinished, 'active')).toEqual(['service.speed', 'ports.1.port_id']);
    expect(missingFields(link, unfinished, 'provisioning')).toEqual([]);
    expect(missingFields(link, {}, 'terminated')).toEqual([]);
    expect(missingFields(link, whole, 'active')).toEqual([]);
  });

  it('takes a list below its least for missing, where the list is mandatory', () => {
    expect(missingFields(link, { ...whole, ports: [ports[0]] }, 'initial')).toEqual([]);
    expect(missingFields(link, { ...whole, ports: [ports[0]] }, 'active')).toEqual(['ports']);
    expect(missingFields(link, { ...whole, observers: undefined }, 'active')).toEqual([]);
  });

  it('asks for the members of a union that is there, and for none otherwise', () => {
    expect(missingFields(link, { ...whole, medium: { name: 'Fibre' } }, 'active')).toEqual(['medium.metres']);
    expect(missingFields(link, { ...whole, medium: { name: 'Radio' } }, 'active')).toEqual([]);
  });

  it.each([
    [whole, []],
    [{ title: '' }, ['/title']],
    [{ title: null }, []],
    [{ tittle: 'x' }, ['/tittle']],
    [{ 'a/b~c': 1 }, ['/a~1b~0c']],
    [{ tags: ['a', ''] }, ['/tags/1']],
    [{ ports: [{ vlan: 5000 }, 'x'] }, ['/ports/0/vlan', '/ports/1']],
    [{ ports: [...ports, ...ports] }, ['/ports']],
    [{ ports: 'none' }, ['/ports']],
    [{ service: [] }, ['/service']],
    [{ group: 'o' }, ['/group']],
    [{ group: { owner_subscription_id: 'o' } }, ['/group']],
    [{ observers: [ref, { ...ref, subscription_instance_id: '' }] }, ['/observers/1/subscription_instance_id']],
    [{ medium: { metres: 1 } }, ['/medium/name']],
    [{ medium: { name: 'Fibre', metres: 'x' } }, ['/medium/metres']],
    [{ medium: { name: 'Radio', band: 'x' } }, []],
    ['text', ['']],
  ])('names what is wrong in %j', (values, pointers) => {
    expect(valueFaults(link, values).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('begins with its mandatory own blocks, lists filled to their least', () => {
    expect(initialValues(link)).toEqual({ service: {}, ports: [{}, {}] });
  });

  it('keeps the ids of its instances, and gives new ones to those that have none', () => {
    const idFor = (path: readonly string[]) => `id:${path.join('/')}`;
    const first = identified(link, { service, ports }, {}, idFor);
    expect(first).toMatchObject({
      service: { speed: 10, subscription_instance_id: 'id:service' },
      ports: [{ subscription_instance_id: 'id:ports/0' }, { subscription_instance_id: 'id:ports/1' }],
    });
    const second = (first['ports'] as object[])[1]!;
    const changed = identified(link, { service: { speed: 20 }, ports: [second, { vlan: 3 }] }, first, (path) =>
      idFor(['2', ...path]),
    );
    expect(changed).toMatchObject({
      service: { speed: 20, subscription_instance_id: 'id:service' },
      ports: [{ vlan: 2, subscription_instance_id: 'id:ports/1' }, { subscription_instance_id: 'id:2/ports/1' }],
    });
  });

  it('tells its own instances and what they refer to outside', () => {
    const { instances, references } = treeOf(link, { ...whole, observers: [ref] }, ['link']);
    expect(instances.map(({ path, block }) => [path.join('.'), block.name])).toEqual([
      ['link', 'Link'],
      ['link.service', 'Service'],
      ['link.ports.0', 'Port'],
      ['link.ports.1', 'Port'],
    ]);
    expect(references).toEqual([
      { from: ['link'], to: ref },
      { from: ['link'], to: ref },
    ]);
  });
});

describe('the type of a block', () => {
  it('follows from the lifecycle state', () => {
    const initial: BlockIn<typeof group, 'initial'> = {};
    const provisioning: BlockIn<typeof group, 'provisioning'> = { group_name: 'n' };
    // @ts-expect-error an active one has an id
    const active: BlockIn<typeof group, 'active'> = provisioning;
    expect([initial, active]).toEqual([{}, { group_name: 'n' }]);
  });

  it('goes into lists, unions and references', () => {
    const inactive = ref as Reference<typeof group, 'initial'>;
    const begun: BlockIn<typeof link, 'initial'> = { group: inactive };
    const values = { title: 't', service: {}, ports: [{ vlan: 1 }], group: ref as Reference<typeof group, 'active'> };
    const provisioning: BlockIn<typeof link, 'provisioning'> = values;
    const element: BlockIn<typeof port, 'provisioning'> = provisioning.ports[0]!;
    // @ts-expect-error its ports have no ids yet, and it lacks observers
    const active: BlockIn<typeof link, 'active'> = values;
    // @ts-expect-error an active link refers to an active group
    const wrong: BlockIn<typeof link, 'active'> = { ...whole, group: inactive };
    const medium: BlockIn<typeof link, 'active'>['medium'] = { name: 'Fibre', metres: 1 };
    // @ts-expect-error neither of its kinds has such a field
    const odd: BlockIn<typeof link, 'active'>['medium'] = { name: 'Fibre', metres: 1, depth: 2 };
    expect([begun, element, active, wrong, medium, odd]).toHaveLength(6);
  });
});

describe('a catalogue', () => {
  const catalogue = new Catalogue([groupProduct, linkProduct]);
  it('names missing fields and faults by block', () => {
    expect(catalogue.missing(linkProduct.productId, { link: { ...whole, ports: [] } }, 'active')).toEqual([
      'link.ports',
    ]);
    expect(catalogue.missing('other', {}, 'active')).toEqual([]);
    const faults = (block: string, values: object) => catalogue.faults(linkProduct.productId, block, { ...values });
    expect(faults('link', { title: 5 })).toEqual([{ pointer: '/link/title', message: expect.any(String) }]);
    const same = { subscription_instance_id: 'a', vlan: 1 };
    expect(faults('link', { ports: [same, { ...same, vlan: 2 }] })).toEqual([
      { pointer: '/link/ports/1/subscription_instance_id', message: 'is there twice' },
    ]);
    expect(faults('other', {})).toEqual([{ pointer: '/other', message: 'Link has no such block' }]);
    expect(catalogue.faults('other', 'x', { any: 1 })).toEqual([]);
  });
});
