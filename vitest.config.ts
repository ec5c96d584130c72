import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,property,security,ssh,tui,cli,lab}/**/*.test.{ts,tsx}'],
    pool: 'forks',
    // tests wait for practice rings and for each other's processes: more than one a core
    maxWorkers: 3,
    // what is shipped is imported as it is
    server: {deps: {external: [/\/dist\//]}},
    reporters: ['default', './test/support/closing-line.ts'],
    testTimeout: 60_000,
    maxConcurrency: 3,
    hookTimeout: 60_000,
    env: {NODE_ENV: 'test'},
  },
})
