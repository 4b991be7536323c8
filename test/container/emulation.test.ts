import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { call, eventually } from '../services/client.ts'
import { freePort } from '../services/processes.ts'
import { canEmulate, Container } from './emulation.ts'
import { read, ROOT } from './files.ts'

const possible = canEmulate()
if (!possible && process.env['CI'] === undefined)
  process.stderr.write('left out: the image without an engine (needs Linux, root and unshare)\n')

/** A saga.json that needs no broker. */
const CONFIGURATION = join(ROOT, 'examples/reservation/saga.json')
const BODY = { associatedEntityId: 'table-4', metadata: { guests: 2 } }

let container: Container | undefined
afterEach(() => container?.remove())

/** In CI nothing is left out: the machine must support it. */
describe.skipIf(!possible && process.env['CI'] === undefined)(
  'the image, without an engine',
  { timeout: 60_000 },
  () => {
    test.each(['workers/kafka.ts', 'workers/node.ts'])(
      '%s serves with a read-only root, and ends at SIGTERM',
      async (worker) => {
        const port = await freePort()
        container = new Container(CONFIGURATION, { HTTP_PORT: String(port), WAIT_BEFORE_SERVER_CLOSE_SEC: '0' })
        container.start([worker])
        const healthcheck = container.image.healthcheck?.words ?? []
        const url = `http://127.0.0.1:${port}`
        const ready = () => call(`${url}/-/ready`).then(({ status }) => (status === 200 ? true : undefined))
        await eventually(() => ready().catch(() => undefined)).catch(() => {
          throw new Error(`start ${worker}: it is not ready\n${container?.output}`)
        })

        expect((await call(`${url}/saga`, { body: BODY })).status).toBe(200)
        expect(container.status('Uid')).toMatch(/^10001\t10001\t/)
        expect(container.status('NSpid')).toMatch(/\t1$/)
        expect(container.exec(...healthcheck)).toBe(0)
        expect(container.exec('env', 'HTTP_PORT=1', ...healthcheck)).toBe(1)
        expect(container.exec('touch', '/data/writable')).toBe(0)
        for (const place of ['/app', '/app/src', '/flow-configuration', '/tmp'])
          expect(container.exec('touch', `${place}/x`), place).not.toBe(0)

        const asked = performance.now()
        expect(await container.stop()).toBe(0)
        expect(performance.now() - asked).toBeLessThan(10_000)
        expect(readdirSync(container.data)).toContain('batuta.sqlite')
      },
    )

    test('ends at SIGTERM while it still waits for its brokers', async () => {
      container = new Container(join(ROOT, 'examples/kafka/saga.json'), {
        HTTP_PORT: '0',
        WAIT_BEFORE_SERVER_CLOSE_SEC: '0',
      })
      container.start()
      await eventually(() => (/brokers do not answer/.test(container?.output ?? '') ? true : undefined))
      const asked = performance.now()
      expect(await container.stop()).toBe(0)
      expect(performance.now() - asked).toBeLessThan(2_000)
    })

    test('without its volume the start fails with the reason', async () => {
      container = new Container(CONFIGURATION, { HTTP_PORT: '0', DATA_PATH: '/elsewhere' })
      container.start(['workers/node.ts'])
      await eventually(() => (/could not start: .*\/elsewhere/.test(container?.output ?? '') ? true : undefined))
    })

    test('`batuta check` runs in it, as an init container does', async () => {
      container = new Container(CONFIGURATION, {})
      const file = container.image.environment.get('CONFIGURATIONS_FILE_PATH') ?? ''
      expect(await container.run('batuta', 'check', file)).toBe(0)
      expect(container.output).toContain(`${file}: no problems, 1 warning`)
      expect(await container.run('batuta', 'check', '--strict', file)).toBe(1)
    })

    test('has the service, and no tools, no tests and no second Node', () => {
      container = new Container(CONFIGURATION, {})
      const modules = readdirSync(join(container.root, 'app/node_modules'))
      expect(modules).toEqual(expect.arrayContaining(['hono', 'kafkajs', 'pino', 'undici', 'valibot']))
      const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> }
      expect(modules.filter((name) => name in devDependencies || name.startsWith('node-'))).toEqual([])
      expect(readdirSync(join(container.root, 'app')).toSorted()).toEqual(
        [
          'LICENSE',
          'adapters',
          'cli',
          'node_modules',
          'package.json',
          'scripts',
          'src',
          'testing',
          'workers',
        ].toSorted(),
      )
      expect(existsSync(join(container.root, 'app/src/tsconfig.json'))).toBe(false)
    })
  },
)
