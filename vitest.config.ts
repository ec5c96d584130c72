import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,property,security,ssh,tui,cli,lab}/**/*.test.{ts,tsx}'],
    pool: 'forks',
    reporters: ['default', './test/support/closing-line.ts'],
    testTimeout: 60_000,
    maxConcurrency: 3,
    hookTimeout: 60_000,
    env: {NODE_ENV: 'test'},
  },
})
