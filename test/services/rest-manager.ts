import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/** The example's persistency server as a process of its own, on a file of its own. */
export interface RestManager {
  /** Its settings in a saga.json. */
  readonly configurations: object
  close(): Promise<void>
}

const SERVER = join(import.meta.dirname, '../../examples/persistency-manager/server.ts')

export async function restManager(): Promise<RestManager> {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-manager-'))
  const env = { ...process.env, PORT: '0', DATA: join(folder, 'sagas.db') }
  const child = spawn(process.execPath, [SERVER], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  const port = Number(/port (\d+)/.exec(line)?.[1])
  return {
    configurations: { protocol: 'http', endpoint: '127.0.0.1', port, method: 'PUT', path: '/sagas' },
    async close() {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
