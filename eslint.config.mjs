import nx from '@nx/eslint-plugin';
import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';
import { walls } from './tools/architecture/walls.mjs';

const builtins = builtinModules.flatMap((name) => [name, `node:${name}`]);
const pure = ['kernel', 'ledger-contracts', 'ledger-domain', 'read-model'];
const tests = ['**/*.spec.ts', '**/*.fixture.ts', 'libs/testing/**'];

export default tseslint.config(
  { ignores: ['dist/**', '**/node_modules/**', '.nx/**', 'coverage/**', '.daybook/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    // One program of the whole workspace: one for each project has all that it uses checked again.
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@nx': nx },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always'],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'Read the environment in a config module only.',
        },
      ],
    },
  },
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': ['error', { allow: [], depConstraints: walls }],
    },
  },
  {
    files: ['**/config.ts', '**/config/*.ts', '**/*.config.ts', ...tests],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // A command's printed words are its product.
    files: [
      '**/cli.ts',
      'apps/cli/**/*.ts',
      'apps/standalone/**/*.ts',
      '**/*.harness.spec.ts',
      '**/*.fixture.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    // Nest reads constructor types at run time: they must stay value imports.
    files: ['apps/{command,projector,query}/**/*.ts', 'libs/platform/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    // Pure libraries: the same answer for the same input, wherever and whenever they run.
    files: pure.map((lib) => `libs/${lib}/src/**/*.ts`),
    ignores: tests,
    rules: {
      'no-restricted-imports': ['error', { paths: builtins.map((name) => ({ name })) }],
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'crypto'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time comes inside the command.' },
        { object: 'Math', property: 'random', message: 'Randomness comes inside the command.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Time comes inside the command.',
        },
        {
          selector: "CallExpression[callee.name='Date']",
          message: 'Time comes inside the command.',
        },
      ],
    },
  },
  {
    // Tests use the testing library and the embedded stores across the walls.
    files: tests,
    rules: {
      '@nx/enforce-module-boundaries': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
    },
  },
);
