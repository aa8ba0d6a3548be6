/** The import law of DESIGN 5. `#x` is resolved to its sources by scripts/lib/library-alias.mjs. */
const CONTEXT = '(portfolio|subscription|catalogue|workflow|provisioning|schedule)';

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
  forbidden: [
    rule('no-cycles', 'A cycle has no order in which it can be understood.', {}, { circular: true }),
    rule(
      'kernel-imports-nothing',
      'The kernel is the vocabulary of everything else, so it can depend on nothing.',
      { path: '^libs/kernel/', pathNot: '\\.spec\\.ts$' },
      { pathNot: '^libs/kernel/' },
    ),
    rule(
      'libs-import-no-apps',
      'Apps compose libraries, never the other way round.',
      { path: '^libs/' },
      { path: '^apps/' },
    ),
    rule(
      'contexts-meet-in-published',
      'Another context is reached only through its published events and commands.',
      { path: `^libs/${CONTEXT}/` },
      { path: `^libs/${CONTEXT}/`, pathNot: ['^libs/$1/', `^libs/${CONTEXT}/published/`] },
    ),
    rule(
      'read-models-see-published-only',
      'A read model folds published events; it knows nothing of how they were decided.',
      { path: '^libs/read-models/' },
      { path: `^libs/${CONTEXT}/`, pathNot: `^libs/${CONTEXT}/published/` },
    ),
    rule(
      'published-brings-nothing-along',
      'Whoever reads events loads what is published, the thread of the projectors too: it may not bring a context or the platform along.',
      { path: '^libs/[^/]+/published/', pathNot: '\\.spec\\.ts$' },
      { pathNot: '^libs/[^/]+/published/|^libs/(kernel|event-store|runtime)/|node_modules/typebox/' },
    ),
    rule(
      'audit-knows-no-context',
      'What judges the record shares nothing with what writes it but the log itself.',
      { path: '^libs/audit/', pathNot: '\\.spec\\.ts$' },
      { path: '^libs/', pathNot: '^libs/(audit|event-store|kernel)/' },
    ),
    rule(
      'domain-is-pure',
      'Deciders have no framework, no I/O, no clock and no randomness.',
      { path: '^libs/[^/]+/domain/', pathNot: '\\.spec\\.ts$' },
      { path: ['node_modules/@nestjs/', '^@nestjs/'] },
    ),
    rule(
      'domain-has-no-node-built-ins',
      'Deciders have no I/O.',
      { path: '^libs/[^/]+/domain/', pathNot: '\\.spec\\.ts$' },
      { dependencyTypes: ['core'] },
    ),
    rule(
      'one-place-knows-eventstoredb',
      'The port hides the client; only its adapter may name it, and the stand-in made from its service definitions.',
      { pathNot: '^libs/(event-store|testing)/eventstoredb/' },
      { path: '@eventstore/db-client' },
    ),
    rule(
      'the-command-line-is-a-client',
      'It knows the server by its HTTP interface only and starts at once: no library of ours and no framework.',
      { path: '^apps/cli/', pathNot: '\\.spec\\.ts$' },
      { pathNot: '^apps/cli/|node_modules/commander/', dependencyTypesNot: ['core'] },
    ),
    rule('everything-resolves', 'An import that leads nowhere breaks at run time.', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|data|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    webpackConfig: { fileName: 'scripts/lib/library-alias.mjs' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
