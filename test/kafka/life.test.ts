import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Broker, startBroker } from '../../testing/broker/broker.ts'
import { eventually } from '../services/client.ts'
import { describeKafka } from '../services/kafka.ts'
import { isAlive } from '../services/processes.ts'
import { Topics } from '../services/topics.ts'

describeKafka('a broker of its own', () => {
  let broker: Broker
  beforeAll(async () => void (broker = await startBroker()))
  afterAll(() => broker.close())

  test.each(['stop', 'kill'] as const)('%s, then restart: the same ports and the same data', async (end) => {
    const { pid, addresses } = broker
    const topics = new Topics(addresses.plaintext)
    const topic = await topics.create(end)
    await topics.produce(topic, [{ key: 'k', value: end }])
    await broker[end]()
    expect(isAlive(pid)).toBe(false)
    await broker.restart()
    expect(broker.pid).not.toBe(pid)
    expect(broker.addresses).toEqual(addresses)
    expect(await topics.readAll(topic)).toMatchObject([{ key: 'k', value: end }])
    await topics.close()
  })

  test('is killed when its parent process ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'batuta-orphan-'))
    const parent = spawn(process.execPath, [join(import.meta.dirname, 'orphan.ts')], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [said] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(said.toString())
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    await eventually(async () => (isAlive(pid) ? undefined : true), 5_000)
    rmSync(folder, { recursive: true })
  })
})
