import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, expect, test } from 'vitest'
import { crudService } from '../fakes/crud-service.ts'
import { eventually } from '../services/client.ts'
import { freePort } from '../services/processes.ts'
import { reservation } from '../services/reservation.ts'
import type { SagaFile } from '../services/reservation.ts'
import { ROOT } from '../walls/tools.ts'

/** A machine without commands, so that its objects can sleep. */
function silent(edit: (file: SagaFile) => void = () => undefined): SagaFile {
  return reservation(0, (file) => {
    file.communicationProtocols = []
    const states = file.machineDefinition.states.map((state) => ({ ...state, outputCommand: undefined }))
    file.machineDefinition = { ...file.machineDefinition, states }
    edit(file)
  })
}

/** Starts workerd by its script with this limit of file descriptors. */
class Edge {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'batuta-ids-'))
  readonly #port: number
  readonly #child: ChildProcess
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 })

  private constructor(port: number, descriptors: number, file: object) {
    this.#port = port
    this.#child = spawn('sh', ['-c', `ulimit -n ${descriptors}; exec "$0" "$1"`, process.execPath, SCRIPT], {
      cwd: this.folder,
      detached: true,
      env: {
        PATH: process.env['PATH'],
        CONFIGURATION: JSON.stringify(file),
        DATA_PATH: this.folder,
        HTTP_PORT: String(port),
        LOG_LEVEL: 'silent',
      },
      stdio: 'ignore',
    })
  }

  static async start(descriptors: number, file: object): Promise<Edge> {
    const edge = new Edge(await freePort(), descriptors, file)
    OPEN.push(edge)
    await eventually(async () =>
      (await edge.call('/-/ready').catch(() => undefined))?.status === 200 ? true : undefined,
    )
    return edge
  }

  stop(): void {
    this.#agent.destroy()
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Counts of object files and of open descriptors. */
  get left(): { readonly files: number; readonly descriptors: number } {
    const folder = join(this.folder, 'sagas/batuta')
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.sqlite')).length : 0
    return { files, descriptors: readdirSync(`/proc/${this.#child.pid}/fd`).length }
  }

  call(path: string, body?: object): Promise<{ readonly status: number; readonly json: unknown }> {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const method = body === undefined ? 'GET' : 'POST'
    return new Promise((resolve, reject) => {
      const asked = request(
        { agent: this.#agent, host: '127.0.0.1', port: this.#port, path, method, headers },
        async (answer) => {
          const chunks: Uint8Array[] = []
          for await (const chunk of answer) chunks.push(chunk as Uint8Array)
          resolve({ status: answer.statusCode ?? 0, json: JSON.parse(Buffer.concat(chunks).toString()) })
        },
      )
      asked.once('error', reject).end(body && JSON.stringify(body))
    })
  }

  create() {
    return this.call('/saga', { associatedEntityId: 'e', metadata: {} })
  }

  event(key: string) {
    return this.call('/event', { key, value: { messageLabel: 'validationOK', messagePayload: {} } })
  }
}

const SCRIPT = join(ROOT, 'scripts/start-workerd.ts')
const OPEN: Edge[] = []
afterEach(() => {
  for (const edge of OPEN.splice(0)) edge.stop()
})

/** Ids in every form that this or an earlier version makes, and in other forms. */
const unknown = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => {
    const hex = createHash('md5').update(String(n)).digest('hex')
    const v7 = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-9${hex.slice(17, 20)}-${hex.slice(20)}`
    return [hex, v7, `order-${hex}`, randomUUID(), `x${n}`][n % 5] as string
  })

const linux = test.runIf(process.platform === 'linux')

linux('C4.4 C7 500 ids that name nothing leave no file, hold no descriptor, and stop nobody', async () => {
  const edge = await Edge.start(1_024, silent())
  const { json } = await edge.create()
  const { sagaId } = json as { sagaId: string }
  const before = edge.left
  const asked = unknown(500).flatMap((id) => [edge.event(id), edge.call(`/sagas/${encodeURIComponent(id)}`)])
  expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([404]))
  expect(edge.left.files).toBe(before.files)
  expect(edge.left.descriptors).toBeLessThan(before.descriptors + 50)

  const metadata = { text: 'x'.repeat(2_000_000) }
  expect((await edge.call('/saga', { associatedEntityId: 'e', metadata })).status).toBe(413)
  expect(edge.left.files).toBe(before.files)

  expect((await edge.call('/-/ready')).status).toBe(200)
  expect((await edge.create()).status).toBe(200)
  expect((await edge.event(sagaId)).json).toMatchObject({ outcome: 'moved' })
})

linux(
  'C7 P16 where sagas use the descriptors up, creations are 503 and readiness says so, until objects sleep',
  { timeout: 60_000 },
  async () => {
    const edge = await Edge.start(160, silent())
    let created = 0
    const refused = await eventually(async () => {
      const answer = await edge.create()
      if (answer.status === 200) created++
      return answer.status === 200 ? undefined : answer
    })
    expect(refused.status).toBe(503)
    expect(created).toBeGreaterThan(10)
    expect(edge.left.descriptors).toBeLessThan(140)
    expect((await edge.call('/-/ready')).json).toMatchObject({
      message: expect.stringContaining('of 160 file descriptors'),
    })
    expect((await edge.call('/-/healthz')).status).toBe(200)
    await eventually(async () => ((await edge.call('/-/ready')).status === 200 ? true : undefined), 40_000)
    expect((await edge.create()).status).toBe(200)
  },
)

linux('C4.4 with a store somewhere else, objects that lend their alarm are left asleep too', async () => {
  const service = await crudService()
  try {
    const { host, port } = service
    const edge = await Edge.start(
      1_024,
      silent((file) => {
        file.persistencyManagement = { type: 'crud', configurations: { host, port, collectionName: 'sagas' } }
      }),
    )
    const before = edge.left
    const answers = await Promise.all(unknown(100).map((id) => edge.event(id)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]))
    expect(edge.left.files).toBe(before.files)
    const { json } = await edge.create()
    expect((await edge.event((json as { sagaId: string }).sagaId)).json).toMatchObject({ outcome: 'moved' })
  } finally {
    await service.close()
  }
})
