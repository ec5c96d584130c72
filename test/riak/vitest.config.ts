import {defineConfig} from 'vitest/config'

/** Suites on real Riak nodes: one after the other, since each of them takes the whole machine. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: ['test/riak/*.riak.ts'],
    pool: 'forks',
    fileParallelism: false,
    reporters: ['verbose', './test/support/closing-line.ts'],
    testTimeout: 600_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
    env: {NODE_ENV: 'test'},
  },
})
