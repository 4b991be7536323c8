import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { Loaded, Persistency } from '../../src/ports/persistency.ts'
import { birth, step } from '../../testing/contract/build.ts'
import { create, move, save } from '../../testing/contract/saves.ts'
import { expectStored, labels } from '../../testing/contract/subject.ts'
import { describeRedis } from '../services/redis.ts'
import { startTcpProxy } from '../services/tcp-proxy.ts'
import type { TcpProxy } from '../services/tcp-proxy.ts'
import { closing, stage } from './redis-stage.ts'

/** Short, so that a frozen server costs a test no more; far longer than an answer takes. */
const ANSWER = 800
const UNKNOWN = { code: 'store-unavailable', retryable: true }

describeRedis('redis under faults', () => {
  const the = stage()
  let proxy: TcpProxy
  let store: Persistency
  beforeEach(async () => {
    proxy = await startTcpProxy(() => the.server.port)
    store = closing(the.fresh({ answer: ANSWER }, { url: { reveal: () => the.url(proxy.port) } }))
  })
  afterEach(async () => {
    the.server.thaw()
    await proxy.close()
  })

  /** Number of script runs on the server since. */
  const counting = async () => {
    await the.redis.config('RESETSTAT')
    return async () => {
      const stats = await the.redis.info('commandstats')
      const calls = [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].map(([, n]) => Number(n))
      return calls.reduce((all, one) => all + one, 0)
    }
  }

  test.each([
    ['request', 0],
    ['answer', 1],
  ] as const)(
    'P6 lost %s: nobody sends it again in hiding, when there is a connection again either',
    async (lost, ran) => {
      const { saga, basis } = await create(store)
      const moved = step(saga, 'asked again')
      await store.probe() // Redis knows its script by now
      const runs = await counting()
      proxy.lose(lost, moved.change.writeId)
      await expect(save(store, moved, basis)).rejects.toMatchObject(UNKNOWN)
      expect(await store.probe()).toMatchObject({ ok: true })
      expect(await runs()).toBe(ran + 1) // the probe's
      expect(await save(store, moved, basis)).toMatchObject({ kind: 'saved' })
      expect(await labels(store, saga.id)).toEqual(['orderPlaced', 'asked again'])
    },
  )

  test('P6 commands that failed without a server are not sent once one is there', async () => {
    await create(store)
    await proxy.refuse()
    const births = Array.from({ length: 8 }, () => birth())
    for (const one of await Promise.allSettled(births.map((one) => save(store, one, 'absent')))) {
      expect(one).toMatchObject({ reason: UNKNOWN })
    }
    await proxy.accept()
    expect(await store.probe()).toMatchObject({ ok: true })
    for (const { next } of births) expect(await store.load(next.id)).toBeUndefined()
  })

  test('P20 an index of a wrong type fails the probe until it is restored', async () => {
    const store = closing(the.fresh())
    await create(store)
    await the.redis.rename(`${the.prefix}all`, 'kept')
    await the.redis.set(`${the.prefix}all`, 'no index')
    await expect(create(store)).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(await store.probe()).toEqual({ ok: false, why: expect.stringContaining('WRONGTYPE') })
    await the.redis.rename('kept', `${the.prefix}all`)
    await create(store)
    expect(await store.probe()).toMatchObject({ ok: true, hasWritten: true })
  })

  test('P20 a group whose line broke is repeated one by one', async () => {
    const sagas = await Promise.all([create(store), create(store), create(store)])
    const steps = sagas.map(({ saga }) => step(saga, 'asked again'))
    const runs = await counting()
    proxy.lose('answer', steps[1]?.change.writeId ?? '')
    const answers = await Promise.all(steps.map((one, place) => save(store, one, sagas[place]?.basis ?? '')))
    expect(answers.map(({ kind }) => kind)).toEqual(['saved', 'saved', 'saved'])
    expect(await runs()).toBe(6)
    for (const { saga } of sagas) expect(await labels(store, saga.id)).toHaveLength(2)
  })

  test('P6 a frozen server blocks no call longer than the time-out, and the next call connects anew', async () => {
    const sagas = await Promise.all(Array.from({ length: 12 }, () => create(store)))
    const steps = sagas.map(({ saga }) => step(saga, 'reserved'))
    const name = async () => ((await the.redis.client('LIST')) as string).match(/^id=\d+/gm)?.at(-1)
    const before = await name()
    the.server.freeze()
    const begun = performance.now()
    const saves = steps.map(async (one, place) => {
      for (let turn = 0; turn < place; turn++) await new Promise((resolve) => setImmediate(resolve)) // each a group
      return save(store, one, sagas[place]?.basis ?? '')
    })
    for (const one of await Promise.allSettled(saves)) expect(one).toMatchObject({ reason: UNKNOWN })
    expect(performance.now() - begun).toBeLessThan(1.8 * ANSWER)
    // The same while it does not answer the greeting.
    await expect(store.load('x')).rejects.toThrow(
      /no answer in time; is the database at "url" running and reachable\?$/,
    )
    expect(performance.now() - begun).toBeLessThan(2.8 * ANSWER)

    the.server.thaw()
    await expect.poll(async () => (await store.probe()).ok).toBe(true)
    expect(await name()).not.toBe(before)
    const again = await Promise.all(steps.map((one, place) => save(store, one, sagas[place]?.basis ?? '')))
    expect(new Set(again.map(({ kind }) => kind))).toEqual(new Set(['saved']))
    for (const { saga } of sagas) expect(await labels(store, saga.id)).toEqual(['orderPlaced', 'reserved'])
  })

  test('P6 commands to a frozen server that was never connected are not sent later', async () => {
    the.server.freeze()
    const { change, next } = birth()
    await expect(store.save(change, next, 'absent')).rejects.toMatchObject(UNKNOWN)
    the.server.thaw()
    await expect.poll(async () => (await store.probe()).ok).toBe(true)
    expect(await store.load(next.id)).toBeUndefined()
  })

  test('a connection without a greeting is replaced by another one', async () => {
    proxy.hold('SETINFO')
    await expect(create(store)).rejects.toMatchObject(UNKNOWN)
    await expect.poll(async () => (await store.probe()).ok, { timeout: 3 * ANSWER }).toBe(true)
  })

  test('many retries against a refusing server make few connections', async () => {
    let connections = 0
    const door = createServer((socket) => {
      connections++
      socket.on('error', () => undefined).destroy()
    })
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void door.close())
    const url = the.url((door.address() as AddressInfo).port)
    const shut = closing(the.fresh({ answer: ANSWER }, { url: { reveal: () => url } }))
    const begun = performance.now()
    const asking = Array.from({ length: 32 }, async () => {
      while (performance.now() - begun < 500) await expect(create(shut)).rejects.toMatchObject(UNKNOWN)
    })
    await Promise.all(asking)
    expect(connections).toBeGreaterThan(1)
    expect(connections).toBeLessThanOrEqual(1 + (performance.now() - begun) / 90)
  })

  test('an idle connection that was closed is made again by the next call', async () => {
    const made = await create(store)
    await new Promise((resolve) => setTimeout(resolve, 1.5 * ANSWER))
    await expectStored(store, await move(store, made, 'reserved'))
  })

  test('closing ends while a server stands still', async () => {
    await create(store)
    the.server.freeze()
    const saving = save(store, birth(), 'absent')
    const begun = performance.now()
    await Promise.all([store.close(), expect(saving).rejects.toMatchObject(UNKNOWN)])
    expect(performance.now() - begun).toBeLessThan(1.8 * ANSWER)
  })

  test('NOSCRIPT: a script that the server has forgotten is sent again', async () => {
    const sagas = await Promise.all([create(store), create(store), create(store)])
    await the.redis.script('FLUSH')
    const moved = await Promise.all(sagas.map((one) => move(store, one, 'reserved')))
    for (const one of moved) await expectStored(store, one)
    await the.redis.script('FLUSH')
    await expectStored(store, moved[0] as Loaded)
    expect(await store.probe()).toMatchObject({ ok: true })
  })
})
