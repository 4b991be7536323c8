import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Mailbox } from '../../../src/orchestrator/mailbox.ts'
import { settle } from '../../../testing/simulation/settle.ts'

/** Work that ends when the test ends it. */
function held(log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const work = async (): Promise<string> => {
    log.push(`${name} begins`)
    const result = await promise
    log.push(`${name} ends`)
    return result
  }
  return { work, end: () => resolve(name), fail: () => reject(new Error(name)) }
}

describe('mailbox', () => {
  test('I5 C4.6 the work of one saga is done one after the other, in order', async () => {
    const [mailbox, log] = [new Mailbox(), [] as string[]]
    const [one, two, three] = [held(log, 'one'), held(log, 'two'), held(log, 'three')]
    const all = [one, two, three].map(({ work }) => mailbox.run('s', work))
    two.end()
    three.end()
    await settle()
    expect(log).toEqual(['one begins'])
    one.end()
    expect(await Promise.all(all)).toEqual(['one', 'two', 'three'])
    expect(log).toEqual(['one begins', 'one ends', 'two begins', 'two ends', 'three begins', 'three ends'])
  })

  test('I5 work that comes while the next one is busy waits for that one', async () => {
    const [mailbox, log] = [new Mailbox(), [] as string[]]
    const [one, two, three] = [held(log, 'one'), held(log, 'two'), held(log, 'three')]
    const first = [mailbox.run('s', one.work), mailbox.run('s', two.work)]
    one.end()
    three.end()
    await settle()
    const last = mailbox.run('s', three.work)
    await settle()
    expect(log).toEqual(['one begins', 'one ends', 'two begins'])
    two.end()
    await Promise.all([...first, last])
    expect(log.slice(3)).toEqual(['two ends', 'three begins', 'three ends'])
  })

  test('I5 C4.6 different sagas never wait for each other', async () => {
    const [mailbox, log] = [new Mailbox(), [] as string[]]
    const [stuck, other] = [held(log, 'stuck'), held(log, 'other')]
    void mailbox.run('__proto__', stuck.work)
    other.end()
    expect(await mailbox.run('constructor', other.work)).toBe('other')
    expect(log).toEqual(['stuck begins', 'other begins', 'other ends'])
  })

  test('I5 a failure reaches its own caller alone, and the next work begins', async () => {
    const [mailbox, log] = [new Mailbox(), [] as string[]]
    const [bad, good] = [held(log, 'bad'), held(log, 'good')]
    const failing = mailbox.run('s', bad.work)
    const next = mailbox.run('s', good.work)
    bad.fail()
    good.end()
    await expect(failing).rejects.toThrow('bad')
    expect(await next).toBe('good')
  })

  test('I5 work that throws synchronously rejects like any other, first in line or not', async () => {
    const mailbox = new Mailbox()
    const bad = (): Promise<never> => {
      throw new Error('at once')
    }
    const [first, second] = [mailbox.run('s', bad), mailbox.run('s', bad)]
    await expect(first).rejects.toThrow('at once')
    await expect(second).rejects.toThrow('at once')
    await settle()
    expect(mailbox.size).toBe(0)
  })

  test('I5 work that queues more for its own saga ends before that begins', async () => {
    const [mailbox, log] = [new Mailbox(), [] as string[]]
    const inner = held(log, 'inner')
    const outer = held(log, 'outer')
    const last = held(log, 'last')
    for (const { end } of [inner, outer, last]) end()
    let more: Promise<string> | undefined
    await mailbox.run('s', () => {
      more = mailbox.run('s', inner.work)
      return outer.work()
    })
    await Promise.all([more, mailbox.run('s', last.work)])
    expect(log).toEqual(['outer begins', 'outer ends', 'inner begins', 'inner ends', 'last begins', 'last ends'])
  })

  test('an idle mailbox holds no tail', async () => {
    const [mailbox, log] = [new Mailbox(), [] as string[]]
    const one = held(log, 'one')
    const running = [mailbox.run('a', one.work), mailbox.run('a', async () => 1), mailbox.run('b', async () => 2)]
    expect([mailbox.size, mailbox.isBusy('a'), mailbox.isBusy('b'), mailbox.isBusy('c')]).toEqual([
      2,
      true,
      true,
      false,
    ])
    await settle()
    expect([mailbox.size, mailbox.isBusy('a'), mailbox.isBusy('b')]).toEqual([1, true, false])
    one.fail()
    await Promise.allSettled(running)
    await settle()
    expect(mailbox.size).toBe(0)
  })

  test('I5 for random work each saga runs its own in order, one at a time', async () => {
    const plan = fc.array(fc.record({ saga: fc.constantFrom('a', 'b', 'c'), waits: fc.nat(3), fails: fc.boolean() }))
    await fc.assert(
      fc.asyncProperty(plan, async (entries) => {
        const mailbox = new Mailbox()
        const [busy, order] = [new Set<string>(), new Map<string, number[]>()]
        const runs = entries.map(({ saga, waits, fails }, index) =>
          mailbox.run(saga, async () => {
            expect(busy.has(saga)).toBe(false)
            busy.add(saga)
            order.set(saga, [...(order.get(saga) ?? []), index])
            for (let turn = 0; turn < waits; turn++) await Promise.resolve()
            busy.delete(saga)
            if (fails) throw new Error(`planned ${index}`)
          }),
        )
        const ends = await Promise.allSettled(runs)
        const reasons = ends.map((end) => (end.status === 'rejected' ? String(end.reason) : ''))
        expect(reasons).toEqual(entries.map(({ fails }, index) => (fails ? `Error: planned ${index}` : '')))
        for (const seen of order.values()) expect(seen).toEqual([...seen].sort((one, other) => one - other))
        await settle()
        expect(mailbox.size).toBe(0)
      }),
    )
  })
})
