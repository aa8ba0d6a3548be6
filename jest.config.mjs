/** Native ES modules, TypeScript through swc; `#lib` resolves to sources here and to dist/ in Node (package.json "imports"). */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^#([a-z-]+)/testing$': '<rootDir>/libs/$1/testing/index.ts',
    '^#([a-z-]+)/published$': '<rootDir>/libs/$1/published/index.ts',
    '^#([a-z-]+)$': '<rootDir>/libs/$1/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2022',
        },
        module: { type: 'es6' },
      },
    ],
  },
  globalSetup: '<rootDir>/scripts/lib/before-tests.mjs',
  testSequencer: '<rootDir>/scripts/lib/slow-first.mjs',
  // Ends what hangs; what is slow on a busy machine is no failure.
  testTimeout: 60_000,
};
