import { describe, expect, test } from 'vitest'
import { AdminConnection } from '../../../adapters/channel/kafka/admin-connection.ts'
import { BatutaError } from '../../../src/errors.ts'
import { fakeDriver } from '../../fakes/kafka.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

const AWAY = new BatutaError('broker-unreachable', 'nobody answers')
const hang = () => new Promise<never>(() => undefined)

function stage() {
  const [runtime, driver] = [simulatedRuntime(), fakeDriver()]
  return { runtime, driver, admin: new AdminConnection('kafka', driver, runtime) }
}

test('all questions use one connection', async () => {
  const { driver, admin } = stage()
  const asked = [admin.ask((admin) => admin.clusterId()), admin.ask((admin) => admin.clusterId())]
  expect(await Promise.all(asked)).toEqual(['cluster-1', 'cluster-1'])
  await admin.probe()
  expect(driver.admins).toBe(1)
})

test('after a failure the connection is closed, and the next question opens a new one', async () => {
  const { driver, admin } = stage()
  const open = driver.admin
  let closed = 0
  driver.admin = async () => ({ ...(await open()), close: async () => void closed++ })
  driver.trouble = () => Promise.reject(AWAY)
  await expect(admin.ask((admin) => admin.ping())).rejects.toBe(AWAY)
  driver.trouble = undefined
  await admin.ask((admin) => admin.ping())
  expect([driver.admins, closed]).toEqual([2, 1])
})

test('C7 a failed question does not close the connection under another one', async () => {
  const { driver, admin } = stage()
  const open = driver.admin
  let closed = 0
  driver.admin = async () => ({ ...(await open()), close: async () => void closed++ })
  const answer = Promise.withResolvers<string>()
  const slow = admin.ask(() => answer.promise)
  await expect(admin.ask(() => Promise.reject(AWAY))).rejects.toBe(AWAY)
  expect(closed).toBe(0)
  answer.resolve('cluster-1')
  expect(await slow).toBe('cluster-1')
  await admin.close()
  expect(closed).toBe(1)
})

test('a question without an answer ends after 15 s', async () => {
  const { runtime, driver, admin } = stage()
  driver.trouble = hang
  const end = expect(admin.ask((admin) => admin.ping())).rejects.toMatchObject({ code: 'broker-unreachable' })
  await runtime.advance(15_000)
  await end
})

describe('C7 a probe', () => {
  test('is healthy while a broker answers, and never rejects', async () => {
    const { driver, admin } = stage()
    expect(await admin.probe()).toEqual({ ok: true })
    driver.trouble = () => Promise.reject(AWAY)
    expect(await admin.probe()).toEqual({ ok: false, why: 'channel "kafka": nobody answers' })
    driver.trouble = undefined
    expect(await admin.probe()).toEqual({ ok: true })
  })

  test('answers within 2 s; concurrent probes share one question', async () => {
    const { runtime, driver, admin } = stage()
    let asked = 0
    driver.trouble = () => {
      asked++
      return hang()
    }
    const probes = [admin.probe(), admin.probe(), admin.probe()]
    await runtime.advance(2_000)
    expect(await Promise.all(probes)).toEqual(Array.from({ length: 3 }, () => ({ ok: false, why: expect.any(String) })))
    expect(asked).toBe(1)
  })
})

test('close closes the connection, if there is one', async () => {
  const { driver, admin } = stage()
  await admin.close()
  const open = driver.admin
  let closed = 0
  driver.admin = async () => ({ ...(await open()), close: async () => void closed++ })
  await admin.ask((admin) => admin.ping())
  await admin.close()
  expect(closed).toBe(1)
})
