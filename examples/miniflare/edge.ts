import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Miniflare } from 'miniflare'
import type { Request, Response } from 'miniflare'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A function in place of every participant. It gets each command as the outgoing request. */
export type Participant = (request: Request) => Response | Promise<Response>

/**
 * The edge worker in workerd itself, with Durable Objects and alarms, in memory. Dispose it at the end (`await using`, or in
 * `afterAll`), or workerd keeps running.
 */
export function startEdge(configuration: string, participant: Participant): Miniflare {
  return new Miniflare({
    telemetry: { enabled: false },
    workers: [
      {
        config: {
          name: 'batuta',
          compatibilityDate: '2026-08-01',
          manifest: { mainModule: 'workerd.js', modules: { 'workerd.js': { type: 'esm', contents: bundled() } } },
          env: {
            CONFIGURATION: { type: 'text', value: configuration },
            LOG_LEVEL: { type: 'text', value: 'silent' },
            SAGAS: { type: 'durable-object', worker: 'batuta', exportName: 'Sagas' },
          },
          exports: { Sagas: { type: 'durable-object', storage: 'sqlite' } },
        },
        dev: { outboundService: { type: 'fetcher', handler: participant } },
      },
    ],
  })
}

/** The bundle that `wrangler deploy` would upload. */
function bundled(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'batuta-edge-'))
  try {
    const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
    execFileSync(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', outdir], { cwd: ROOT })
    return readFileSync(join(outdir, 'workerd.js'), 'utf8')
  } finally {
    rmSync(outdir, { recursive: true })
  }
}
