import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ask, idsFound, saga } from './crud-fake-scene.ts'
import { ownServiceForTest } from './crud-scene.ts'

describe('crud-wire.md, when things go wrong', () => {
  test('an unknown field is named, an unknown collection is 404', async () => {
    const service = await ownServiceForTest()
    const refused = await ask(service, 'PATCH', '?sagaId=a', { $set: { writeId: 'w' } })
    expect(refused).toMatchObject({ status: 400, body: { message: expect.stringContaining('"writeId"') } })
    expect((await ask(service, 'POST', '', { sagaId: 'a', writeId: 'w' })).status).toBe(400)
    expect((await fetch(`${service.origin}/orders/`)).status).toBe(404)
  })

  test('no limit on a body but that of the database: 16 MB pass, 17 MB are 500', { timeout: 60_000 }, async () => {
    const service = await ownServiceForTest()
    const sized = (sagaId: string, bytes: number) => ({ sagaId, metadata: { text: 'x'.repeat(bytes) } })
    expect((await ask(service, 'POST', '', sized('a', 16_000_000))).status).toBe(200)
    expect((await ask(service, 'POST', '', sized('b', 17_000_000))).status).toBe(500)
  })

  test('database killed: the first write 500 at once, later ones later, a list read ends without an answer', async () => {
    const service = await ownServiceForTest({ deadWait: 300 })
    service.trouble.kill()
    const timed = async () => {
      const begin = performance.now()
      const { status } = await ask(service, 'PATCH', '?sagaId=a', { $set: { latestEvent: 'x' } })
      return [status, performance.now() - begin >= 290]
    }
    expect([await timed(), await timed()]).toEqual([
      [500, false],
      [500, true],
    ])
    await expect(fetch(service.url)).rejects.toThrow('fetch failed')
    expect((await fetch(`${service.origin}/-/ready`)).status).toBe(503)
    service.trouble.revive()
    expect((await fetch(`${service.origin}/-/ready`)).status).toBe(200)
  })

  test('database frozen: no answer; once it is thawed, what was asked is done after all', async () => {
    const service = await ownServiceForTest()
    service.trouble.freeze()
    const body = JSON.stringify(saga('a', 1))
    const signal = AbortSignal.timeout(200)
    await expect(fetch(service.url, { method: 'POST', body, signal })).rejects.toThrow(/timeout/)
    service.trouble.thaw()
    await sleep(50)
    expect(service.collection.documents).toHaveLength(1)
  })

  test('an answer may be lost before the write lands, or after', async () => {
    const service = await ownServiceForTest()
    service.trouble.lose('before', 'after')
    await expect(ask(service, 'POST', '', saga('a', 1))).rejects.toThrow('fetch failed')
    expect(service.collection.documents).toHaveLength(0)
    await expect(ask(service, 'POST', '', saga('a', 1))).rejects.toThrow('fetch failed')
    expect(service.collection.documents).toHaveLength(1)
    expect((await ask(service, 'POST', '', saga('a', 1))).status).toBe(409)
  })

  test('stopped, it refuses connections; started again, it has its documents', async () => {
    const service = await ownServiceForTest()
    await ask(service, 'POST', '', saga('a', 1))
    await service.stop()
    await expect(fetch(service.url)).rejects.toThrow('fetch failed')
    await service.start()
    expect(await idsFound(service, {})).toEqual(['a'])
  })
})
