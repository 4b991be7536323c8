import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { Worker } from '../../services/worker.ts'
import type { Ended } from '../../services/worker.ts'
import { reservation } from '../../services/reservation.ts'
import type { SagaFile } from '../../services/reservation.ts'
import type { TestedRuntime } from './tested.ts'

interface Refused extends Ended {
  readonly stderr: string
}

/** Starts that are refused. */
export function starts({ script, launcher }: TestedRuntime): void {
  async function refused(configuration: string, environment: Record<string, string> = {}): Promise<Refused> {
    const worker = await Worker.prepare({ script, launcher, configuration, environment })
    try {
      const ended = await worker.launch()
      expect(worker.stderr).not.toMatch(/\n\s+at .+:\d+/) // a stack trace
      return { ...ended, stderr: worker.stderr }
    } finally {
      await worker.stop()
    }
  }
  const edited = (edit: (file: SagaFile) => void) => JSON.stringify(reservation(3_001, edit))

  describe('starts', () => {
    test('C1.2 an invalid file: exit code 1, every problem with its path, found, expected', async () => {
      const { code, stderr } = await refused(
        edited((file) => {
          Object.assign(file.machineDefinition.states[1]?.outgoingTransitions?.[0] ?? {}, { targetState: 'nowhere' })
          Object.assign(file.communicationProtocols[0] ?? {}, { type: 'pigeon' })
        }),
      )
      expect(code).toBe(1)
      expect(stderr).toMatch(
        /machineDefinition\.states\[1\]\.outgoingTransitions\[0\]\.targetState \(1:\d+\): found "nowhere"/,
      )
      expect(stderr).toMatch(/communicationProtocols\[0\]\.type \(1:\d+\): found "pigeon", expected "rest" or "kafka"/)
    })

    test('C1.2 a missing file, and a file that is not JSON', async () => {
      const missing = await refused('{}', { CONFIGURATIONS_FILE_PATH: '/nowhere/saga.json' })
      expect(missing.code).toBe(1)
      expect(missing.stderr).toMatch(/CONFIGURATIONS_FILE_PATH: found "\/nowhere\/saga\.json"/)
      const broken = await refused('{ "machineDefinition": ')
      expect(broken.code).toBe(1)
      expect(broken.stderr).toMatch(/configuration \(1:24\): found no value, expected a JSON object/)
    })

    test('C1.2 C1.3 a folder that cannot be made ends the start, below /proc too', async () => {
      const { code, stderr } = await refused(
        edited((file) => {
          Object.assign(file, { persistencyManagement: {} })
        }),
        { DATA_PATH: '/proc/batuta/data' },
      )
      expect(code).toBe(1)
      expect(stderr).toMatch(/DATA_PATH: found "\/proc\/batuta\/data.*expected a folder that is there or can be made/)
    })

    test('C1.2 C1.3 an invalid environment names its variables', async () => {
      const { code, stderr } = await refused(
        edited(() => undefined),
        { BODY_LIMIT: 'much', BASE_PATH: 'no-slash', SAGA_ID_PREFIX: 'a\nb' },
      )
      expect(code).toBe(1)
      expect(stderr).toMatch(/BODY_LIMIT: found "much"/)
      expect(stderr).toMatch(/BASE_PATH: found "no-slash"/)
      expect(stderr).toMatch(/SAGA_ID_PREFIX: found "a\\nb"/)
    })

    test.each(['http://x', '192.0.2.7'])(
      'C1.2 C1.3 an HTTP_HOST that is no address of this machine: %s',
      async (host) => {
        const { code, stderr } = await refused(
          edited(() => undefined),
          { HTTP_HOST: host },
        )
        expect(code).toBe(1)
        expect(stderr).toContain(`HTTP_HOST: found "${host}", expected an`)
      },
    )

    test('C1.2 a taken port', async () => {
      const server = createServer()
      await once(server.listen(0), 'listening')
      const { port } = server.address() as AddressInfo
      const { code, stderr } = await refused(
        edited(() => undefined),
        { HTTP_PORT: String(port) },
      )
      expect(code).toBe(1)
      expect(stderr).toMatch(new RegExp(`HTTP_PORT: found ${port}, expected a port that is free: .*in use`, 'i'))
      server.close()
    })

    test('C2.2 a worker without Kafka refuses a Kafka channel: path, found, supported types', async () => {
      const configurations = { brokers: ['127.0.0.1:9092'], inputTopics: ['events'], consumerGroup: 'batuta' }
      const kafka = { id: 'topic', type: 'kafka', configurations }
      const { code, stderr } = await refused(edited((file) => void file.communicationProtocols.push(kafka)))
      expect(code).toBe(1)
      expect(stderr).toMatch(/communicationProtocols\[1\]\.type \(1:\d+\): found "kafka", expected .*"rest"/)
    })
  })
}
