import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Miniflare } from 'miniflare'
import type { Request, Response } from 'miniflare'
import { examineConfiguration } from '../../src/config/examine-configuration.ts'
import { hooksModule } from '../../src/config/hooks-module.ts'
import type { HookSource } from '../../src/config/hook-source.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A function in place of every participant. It gets each command as the outgoing request. */
export type Participant = (request: Request) => Response | Promise<Response>

/**
 * The edge worker in workerd itself, with Durable Objects and alarms, in memory. Dispose it at the end (`await using`, or in
 * `afterAll`), or workerd keeps running.
 */
export async function startEdge(configuration: string, participant: Participant): Promise<Miniflare> {
  const { hooks } = await examineConfiguration(configuration, { variable: () => undefined })
  return new Miniflare({
    telemetry: { enabled: false },
    workers: [
      {
        config: {
          name: 'batuta',
          compatibilityDate: '2026-08-01',
          compatibilityFlags: ['enable_request_signal'],
          manifest: { mainModule: 'workerd.js', modules: { 'workerd.js': { type: 'esm', contents: bundled(hooks) } } },
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

/** The bundle that `wrangler deploy` would upload, with the hooks compiled: workerd evaluates no text. */
function bundled(hooks: readonly HookSource[]): string {
  const outdir = mkdtempSync(join(tmpdir(), 'batuta-edge-'))
  try {
    const compiled = join(outdir, 'hooks.mjs')
    writeFileSync(compiled, hooksModule(hooks))
    const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
    const options = ['deploy', '--dry-run', '--outdir', outdir, '--alias', `#hooks:${compiled}`]
    execFileSync(process.execPath, [wrangler, ...options], { cwd: ROOT })
    return readFileSync(join(outdir, 'workerd.js'), 'utf8')
  } finally {
    rmSync(outdir, { recursive: true })
  }
}
