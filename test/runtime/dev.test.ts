import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { call, eventually } from '../services/client.ts'
import { Dev, DEV_TIMEOUT, PLAYED_SAGA } from '../services/dev.ts'
import { isAlive, isFree } from '../services/processes.ts'

vi.setConfig({ testTimeout: DEV_TIMEOUT })

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
  await call(`${dev.url}/play/clock`, { body: { forward: 'PT1H' } })
  expect(await dev.state(late), 'after the push: nothing was waited for').toBe('failed')
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
  writeFileSync(join(dev.folder, 'saga.json'), JSON.stringify(PLAYED_SAGA))
  writeFileSync(join(dev.folder, 'play.json'), JSON.stringify({ commands: { pey: {}, ship: { latency: 5 } } }))
  const [code] = (await once(dev.launch(['--play', 'play.json']), 'close')) as [number]
  expect(code).toBe(1)
  expect(dev.output).toContain('the nearest is "pay"')
  expect(dev.output).toContain('commands.ship.latency (1:41): found 5, expected an ISO 8601 duration')
})
