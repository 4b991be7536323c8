import { fileURLToPath } from 'node:url'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import type { TestProjectConfiguration } from 'vitest/config'

/** Tests that run inside workerd: no `node:` modules (the date is from before they came by themselves), no Node at all. */
export const workerd: TestProjectConfiguration = {
  plugins: [
    cloudflareTest({
      main: fileURLToPath(new URL('./fixtures/storage.workerd.ts', import.meta.url)),
      miniflare: {
        compatibilityDate: '2026-08-01',
        durableObjects: { STORAGE: { className: 'Storage', useSQLite: true } },
      },
    }),
  ],
  test: { name: 'workerd', include: ['test/**/*.workerd.test.ts'], testTimeout: 20_000 },
}
