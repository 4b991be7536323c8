import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import type { TestProjectConfiguration } from 'vitest/config'

const place = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Tests that run inside workerd: no `node:` modules (the date is from before they came by themselves), no Node at all. */
export const workerd: TestProjectConfiguration = {
  plugins: [
    cloudflareTest({
      main: place('./fixtures/edge.workerd.ts'),
      miniflare: {
        compatibilityDate: '2026-08-01',
        compatibilityFlags: ['enable_request_signal'],
        bindings: {
          CONFIGURATION: readFileSync(place('../examples/reservation/saga.json'), 'utf8'),
          LOG_LEVEL: 'silent',
        },
        durableObjects: {
          STORAGE: { className: 'Storage', useSQLite: true },
          SAGAS: { className: 'Sagas', useSQLite: true },
        },
      },
    }),
  ],
  resolve: { alias: { util: place('../workers/edge/node-util-stub.ts') } },
  test: { name: 'workerd', include: ['test/**/*.workerd.test.ts'], testTimeout: 20_000 },
}
