import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,property,security,ssh,tui,cli,lab}/**/*.test.{ts,tsx}'],
    pool: 'forks',
    // tests wait for practice rings and for each other's processes: more than one a core
    maxWorkers: 3,
    // a worker goes on with the next file: it evaluates its modules anew, and keeps libraries and the built program
    isolate: false,
    // what is shipped is imported as it is
    server: {deps: {external: [/\/dist\//]}},
    reporters: ['default', './test/support/closing-line.ts'],
    testTimeout: 300_000,
    // what waits for a ring or a host does not wait in a row
    maxConcurrency: 6,
    hookTimeout: 120_000,
    env: {NODE_ENV: 'test'},
  },
})
