import {defineConfig} from 'vitest/config'

/** What takes minutes and is not asked at every save: documents, the package, recipes of CI, kills, a browser. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: ['test/system/*.test.ts'],
    pool: 'forks',
    server: {deps: {external: [/\/dist\//]}},
    maxWorkers: 2,
    reporters: ['default', './test/support/closing-line.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    maxConcurrency: 3,
    env: {NODE_ENV: 'test'},
  },
})
