import { defineConfig } from 'vitest/config'

// Files run beside each other, each on its own database cloned from one migrated template
// (test/support/server.ts). Two workers: the machines have two cores, and PostgreSQL wants its share.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/server.ts'],
    setupFiles: ['test/support/worker.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    env: { TZ: 'America/New_York' },
  },
})
