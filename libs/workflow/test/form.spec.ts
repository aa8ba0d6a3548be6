import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import {
  accept,
  acceptPage,
  callout,
  choice,
  choiceList,
  contacts,
  customerId,
  displaySubscription,
  divider,
  evaluateForm,
  file,
  hidden,
  label,
  longText,
  markdown,
  page,
  readOnly,
  summaryPage,
  timestamp,
  type FormFault,
  type FormPage,
} from '../index.js';

const ask = (pages: readonly FormPage[], answers: readonly unknown[], live: unknown = {}) =>
  evaluateForm(pages, answers, live);
const asked = async (pages: readonly FormPage[], answers: readonly unknown[] = [], live: unknown = {}) => {
  const result = await ask(pages, answers, live);
  if (result.kind !== 'more') throw new Error(JSON.stringify(result));
  return { ...result, form: JSON.parse(JSON.stringify(result.form)) as Record<string, any> };
};
const faults = async (pages: readonly FormPage[], answers: readonly unknown[], live: unknown = {}) => {
  const result = await ask(pages, answers, live);
  if (result.kind !== 'invalid') throw new Error(JSON.stringify(result));
  return result.errors;
};
const data = async (pages: readonly FormPage[], answers: readonly unknown[], live: unknown = {}) => {
  const result = await ask(pages, answers, live);
  if (result.kind !== 'complete') throw new Error(JSON.stringify(result));
  return result.data;
};
const one = (schema: ReturnType<typeof page>): readonly FormPage[] => [{ schema: () => schema }];

describe('a form of several pages', () => {
  interface Ports {
    readonly ports: (node: string) => Promise<readonly string[]>;
  }
  const pages: readonly FormPage<Ports>[] = [
    { schema: () => page('Node', { node: Type.String(), expert: Type.Boolean({ default: false }) }) },
    {
      schema: async ([first], live) => {
        const found = await live.ports(first!['node'] as string);
        return page('Port', {
          port: choice('Port', Object.fromEntries(found.map((name) => [name, name.toUpperCase()]))),
        });
      },
      check: ({ port }, _, [first]): FormFault[] =>
        port === 'p9' && first!['node'] === 'n1'
          ? [{ loc: ['port'], msg: 'taken', type: 'value_error', input: port }]
          : [],
    },
    { schema: () => page('Tuning', { mtu: Type.Integer() }), when: ([first]) => first!['expert'] === true },
  ];
  const live: Ports = { ports: async (node) => [`p1`, `p9`, node] };

  it('asks for what earlier answers and live data say, and tells whether more may follow', async () => {
    const second = await asked(pages, [{ node: 'n1' }], live);
    expect(second.hasNext).toBe(true);
    expect(second.form).toEqual({
      type: 'object',
      title: 'Port',
      additionalProperties: false,
      $defs: {
        Port: { type: 'string', title: 'Port', enum: ['p1', 'p9', 'n1'], options: { p1: 'P1', p9: 'P9', n1: 'N1' } },
      },
      properties: { port: { $ref: '#/$defs/Port' } },
      required: ['port'],
    });
    expect((await asked(pages, [{ node: 'n1', expert: true }, { port: 'p1' }], live)).form['title']).toBe('Tuning');
  });

  it('passes over a page that is not needed, and completes with the defaults', async () => {
    expect(await data(pages, [{ node: 'n1' }, { port: 'p1' }], live)).toEqual({
      node: 'n1',
      expert: false,
      port: 'p1',
    });
    const all = [{ node: 'n1', expert: true }, { port: 'p1' }, { mtu: 9000 }];
    expect(await data(pages, all, live)).toMatchObject({ mtu: 9000 });
  });

  it('checks a page by the answers before it, and refuses a page too many', async () => {
    expect(await faults(pages, [{ node: 'n1' }, { port: 'p9' }], live)).toMatchObject([
      { loc: ['port'], msg: 'taken' },
    ]);
    expect(await data(pages, [{ node: 'n2' }, { port: 'p9' }], live)).toMatchObject({ port: 'p9' });
    expect(await faults(pages, [{ node: 'n2' }, { port: 'p9' }, { mtu: 1 }], live)).toEqual([
      { loc: ['__root__'], msg: 'Too many pages', type: 'too_many_pages', input: 3 },
    ]);
  });
});

describe('an answer that does not fit', () => {
  const form = one(
    page('Ports', {
      ports: Type.Array(Type.Object({ vlan: Type.Integer({ minimum: 1 }) }), { minItems: 2, maxItems: 3 }),
      colours: choiceList('Colour', { r: 'Red', g: 'Green' }, { minItems: 1 }),
      name: Type.String({ minLength: 2 }),
    }),
  );
  const good = { ports: [{ vlan: 1 }, { vlan: 2 }], colours: ['r'], name: 'ab' };

  it.each<[string, object, readonly (string | number)[], string]>([
    ['a missing field', { name: undefined }, ['name'], 'missing'],
    ['a field that nobody asked for', { more: 1 }, ['more'], 'extra_forbidden'],
    ['a text too short', { name: 'a' }, ['name'], 'string_too_short'],
    ['a list too short', { ports: [{ vlan: 1 }] }, ['ports'], 'too_short'],
    ['a number too small, by index', { ports: [{ vlan: 1 }, { vlan: 0 }] }, ['ports', 1, 'vlan'], 'greater_than_equal'],
    ['another type', { ports: [{ vlan: 1 }, { vlan: 'x' }] }, ['ports', 1, 'vlan'], 'integer_type'],
    ['none of the choices', { colours: ['b'] }, ['colours', 0], 'enum'],
    ['the same choice twice', { colours: ['r', 'r'] }, ['colours'], 'unique_list'],
  ])('%s is told with loc, msg and type', async (_, change, loc, type) => {
    const answer = JSON.parse(JSON.stringify({ ...good, ...change })) as object;
    const found = await faults(form, [answer]);
    expect(found).toContainEqual({
      loc,
      type,
      msg: expect.stringMatching(/./),
      input: found.find((each) => each.type === type)?.input,
    });
  });

  it.each([null, 5, 'x', [[]], true])('%j is no page', async (answer) => {
    expect((await faults(form, [answer]))[0]).toMatchObject({ loc: ['__root__'], input: answer });
  });

  it('fits when it fits', async () => {
    expect(await data(form, [good])).toEqual(good);
  });
});

describe('the extension keys', () => {
  const everything = page('All', {
    said: label('Read this'),
    line: divider(),
    text: markdown('# Hello'),
    box: callout({ header: 'Careful', status: 'warning' }),
    was: displaySubscription('s-1'),
    why: longText({ title: 'Why', default: 'because' }),
    who: customerId(),
    fixed: readOnly('blue', { title: 'Colour' }),
    token: hidden(7),
    sure: accept([['I am sure', 'checkbox']]),
    when: timestamp({ min: 10, max: 20 }),
    people: contacts({ minItems: 1 }),
    letter: file('/api/letters'),
  });

  it('tell the client which widget it needs, and what for', async () => {
    const { form } = await asked(one(everything));
    const formats = Object.entries(form['properties'] as Record<string, { format?: string }>).map(
      ([, { format }]) => format,
    );
    expect(formats).toEqual(
      'label,divider,markdown,callout,subscription,long,customerId,,hidden,accept,timestamp,contact,file'
        .split(',')
        .map((format) => format || undefined),
    );
    expect(form['required'].sort()).toEqual(['letter', 'people', 'sure', 'when', 'who']);
    expect(form['properties'].fixed).toMatchObject({
      const: 'blue',
      default: 'blue',
      extraProperties: { disabled: true, value: 'blue' },
      uniforms: { disabled: true },
    });
    expect(form['properties'].sure.extraProperties).toEqual({ data: [['I am sure', 'checkbox']] });
  });

  it('what is only shown is never part of the state; what has a default is', async () => {
    const answer = {
      said: null,
      was: 's-1',
      who: 'c',
      sure: 'ACCEPTED',
      when: 15,
      people: [{ name: 'Ada', email: 'a@b' }],
      letter: 'f-1',
    };
    const { said: _, was: __, ...kept } = answer;
    expect(await data(one(everything), [answer])).toEqual({ ...kept, why: 'because', fixed: 'blue', token: 7 });
    const wrong = { ...answer, fixed: 'red', token: 8, sure: 'INCOMPLETE', when: 21 };
    expect((await faults(one(everything), [wrong])).map(({ loc }) => loc[0]).sort()).toEqual(
      ['fixed', 'sure', 'token', 'when'].sort(),
    );
  });
});

describe('helper pages', () => {
  const table = { labels: ['Name'], headers: ['Old', 'New'], columns: [['a'], ['b']] };
  const pages: readonly FormPage[] = [
    summaryPage('Changes', () => table),
    acceptPage('Sure?', 'are_you_sure', () => 'Are you sure you want to remove Group A?'),
  ];

  it('show and ask without adding to the state', async () => {
    const { form } = await asked(pages);
    expect(form['properties'].summary).toMatchObject({ format: 'summary', extraProperties: { data: table } });
    expect((await asked(pages, [{}])).form['properties'].are_you_sure).toMatchObject({ format: 'accept' });
    expect(await faults(pages, [{}, {}])).toMatchObject([{ loc: ['are_you_sure'], type: 'missing' }]);
    expect(await data(pages, [{}, { are_you_sure: 'ACCEPTED' }])).toEqual({});
  });
});
