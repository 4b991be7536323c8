import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { call, eventually } from '../services/client.ts'
import { family, isAlive, isFree } from '../services/processes.ts'
import { ROOT } from '../walls/tools.ts'

/** A machine with a Kafka and a REST channel, a store and secrets, none of which this machine has. */
const SAGA = {
  machineDefinition: {
    initialState: 'ordered',
    states: [
      {
        id: 'ordered',
        isFinal: false,
        outputCommand: { label: 'pay', channel: 'payments' },
        timeout: { after: 'P3D', event: 'expired' },
        outgoingTransitions: [
          { inputEvent: 'paid', targetState: 'sent' },
          { inputEvent: 'refused', targetState: 'failed' },
          { inputEvent: 'expired', targetState: 'failed' },
        ],
      },
      {
        id: 'sent',
        isFinal: false,
        outputCommand: { label: 'ship', channel: 'parcels' },
        outgoingTransitions: [{ inputEvent: 'shipped', targetState: 'done' }],
      },
      { id: 'done', isFinal: true },
      { id: 'failed', isFinal: true },
    ],
  },
  communicationProtocols: [
    {
      id: 'payments',
      type: 'kafka',
      configurations: {
        brokers: { type: 'env', name: 'BROKERS_THAT_NOBODY_SET' },
        inputTopics: ['events'],
        outputTopics: ['commands'],
        consumerGroup: 'orders',
      },
    },
    {
      id: 'parcels',
      type: 'rest',
      configurations: {
        protocol: 'https',
        endpoint: 'parcels.invalid',
        method: 'POST',
        path: '/',
        headers: { 'x-key': { type: 'file', path: '/no/such/secret' } },
      },
    },
  ],
  persistencyManagement: {
    type: 'mongo',
    configurations: { connectionUri: { type: 'env', name: 'URI_THAT_NOBODY_SET' }, collectionName: 'sagas' },
  },
}

/** `batuta dev` in a folder of its own, on a free port. */
class Dev {
  readonly folder = mkdtempSync(join(tmpdir(), 'batuta-dev-'))
  output = ''
  url = ''
  #child: ChildProcess | undefined

  async start(args: readonly string[] = [], play?: object): Promise<void> {
    writeFileSync(join(this.folder, 'saga.json'), JSON.stringify(SAGA))
    if (play !== undefined) writeFileSync(join(this.folder, 'play.json'), JSON.stringify(play))
    this.launch([...args, ...(play === undefined ? [] : ['--play', 'play.json'])])
    this.url = await eventually(() => this.says(/service +(http:\S+)/)?.[1])
  }

  launch(args: readonly string[]): ChildProcess {
    this.output = ''
    const { PATH = '' } = process.env
    const command = [join(ROOT, 'cli/batuta.mjs'), 'dev', 'saga.json', '--port', '0', ...args]
    const child = spawn(process.execPath, command, {
      cwd: this.folder,
      env: { PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => void (this.output += text))
    }
    return (this.#child = child)
  }

  says(pattern: RegExp): RegExpExecArray | undefined {
    return pattern.exec(this.output) ?? undefined
  }

  get processes(): readonly number[] {
    return this.#child?.pid === undefined ? [] : family(this.#child.pid).map(({ pid }) => pid)
  }

  async create(entity: string): Promise<string> {
    const { json } = await call(`${this.url}/saga`, { body: { associatedEntityId: entity, metadata: { amount: 5 } } })
    return (json as { sagaId: string }).sagaId
  }

  async waiting(sagaId: string): Promise<{ readonly id: number; readonly events: readonly string[] }> {
    return eventually(async () => {
      const { json } = await call(`${this.url}/play/commands`)
      const { commands } = json as { commands: { id: number; sagaId: string; events: string[] }[] }
      return commands.find((one) => one.sagaId === sagaId)
    })
  }

  async state(sagaId: string): Promise<string> {
    const { json } = await call(`${this.url}/sagas/${sagaId}`)
    return (json as { currentState: string }).currentState
  }

  async interrupt(): Promise<number | null> {
    const child = this.#child
    if (child === undefined) return null
    const closed = once(child, 'close') as Promise<[number | null]>
    child.kill('SIGINT')
    return (await closed)[0]
  }

  remove(): void {
    for (const pid of this.processes) process.kill(pid, 'SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

let dev = new Dev()
afterEach(() => {
  dev.remove()
  dev = new Dev()
})

test('batuta dev: a saga is answered by hand, times out as the clock is pushed, and nothing is left after SIGINT', async () => {
  await dev.start()
  const order = await dev.create('order-1')
  const pay = await dev.waiting(order)
  expect(pay.events).toEqual(['paid', 'refused', 'expired'])
  const wrong = await call(`${dev.url}/play/commands/${pay.id}`, { body: { event: 'payed' } })
  expect(wrong).toMatchObject({ status: 400, json: { message: expect.stringContaining('did you mean "paid"?') } })
  const answered = await call(`${dev.url}/play/commands/${pay.id}`, {
    body: { event: 'paid', payload: { receipt: 7 } },
  })
  expect(answered).toMatchObject({ status: 200, json: { outcome: 'moved', sagaId: order, currentState: 'sent' } })
  const again = await call(`${dev.url}/play/commands/${pay.id}`, { body: { event: 'paid' } })
  expect(again.status).toBe(404)
  await dev.waiting(order)

  const late = await dev.create('order-2')
  await dev.waiting(late)
  const nearly = await call(`${dev.url}/play/clock`, { body: { forward: 'P2DT23H' } })
  expect(nearly.status).toBe(200)
  expect(await dev.state(late), 'an hour before the timeout').toBe('ordered')
  const began = performance.now()
  await call(`${dev.url}/play/clock`, { body: { forward: 'PT1H' } })
  expect(await dev.state(late), 'after the push: nothing was waited for').toBe('failed')
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(await dev.state(order), 'a state without a timeout').toBe('sent')
  expect(dev.output).toContain(`${late}  expired → failed (final)`)

  const refused = await call(`${dev.url}/play/clock`, { body: { forward: 'three days' } })
  expect(refused).toMatchObject({
    status: 400,
    json: { message: expect.stringContaining('found the time "three days"') },
  })
  const { processes, url } = dev
  expect(await dev.interrupt()).toBe(0)
  expect(processes.filter(isAlive)).toEqual([])
  expect(await isFree(Number(new URL(url).port))).toBe(true)
  expect(existsSync(join(dev.folder, 'data')), 'the store was memory').toBe(false)
})

test('batuta dev --play: commands are answered by weights; answers on the way of a push come at their time', async () => {
  const ship = { latency: 'P1D' }
  await dev.start([], { commands: { pay: { events: { paid: 1 }, failureRate: 0.2 }, ship } })
  const orders = await Promise.all(Array.from({ length: 10 }, (_, n) => dev.create(`order-${n}`)))
  for (const order of orders) await eventually(async () => ((await dev.state(order)) === 'sent' ? true : undefined))
  await call(`${dev.url}/play/clock`, { body: { forward: 'P1D' } })
  for (const order of orders) expect(await dev.state(order)).toBe('done')
  expect(await dev.interrupt()).toBe(0)
})

test('batuta dev --play: of a latency and a timeout the earlier comes first', async () => {
  await dev.start([], { commands: { pay: { events: { paid: 1 }, latency: 'P4D' }, ship: { latency: 'P9D' } } })
  const order = await dev.create('order-1')
  await eventually(() => dev.says(/created → ordered/))
  await call(`${dev.url}/play/clock`, { body: { forward: 'P10D' } })
  expect(await dev.state(order)).toBe('failed')
  expect(await dev.interrupt()).toBe(0)
})

test('batuta dev --keep: the sagas of an earlier run ask again, and --auto answers them', async () => {
  await dev.start(['--keep', 'kept'])
  const order = await dev.create('order-1')
  await dev.waiting(order)
  expect(await dev.interrupt()).toBe(0)
  await dev.start(['--keep', 'kept', '--auto'])
  await eventually(async () => (['done', 'failed'].includes(await dev.state(order)) ? true : undefined))
  expect(await dev.interrupt()).toBe(0)
})

test('batuta dev: a wrong play file ends the start with every problem', async () => {
  writeFileSync(join(dev.folder, 'saga.json'), JSON.stringify(SAGA))
  writeFileSync(join(dev.folder, 'play.json'), JSON.stringify({ commands: { pey: {}, ship: { latency: 5 } } }))
  const [code] = (await once(dev.launch(['--play', 'play.json']), 'close')) as [number]
  expect(code).toBe(1)
  expect(dev.output).toContain('the nearest is "pay"')
  expect(dev.output).toContain('commands.ship.latency (1:41): found 5, expected an ISO 8601 duration')
})
