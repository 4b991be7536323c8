import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { makeCertificates, SERVER } from '../../testing/broker/certificates.ts'
import { create, move } from '../../testing/contract/saves.ts'
import { expectStored } from '../../testing/contract/subject.ts'
import { describeRedis } from '../services/redis.ts'
import { closing, stage } from './redis-stage.ts'

const PASSWORD = 'p/a:s@s? wörd%#'

describeRedis('where redis is', () => {
  const the = stage()
  const at = (url: string, ssl?: object) => closing(the.fresh({}, { url: { reveal: () => url }, ...(ssl && { ssl }) }))
  const withUser = (user: string, password = PASSWORD) =>
    the.url().replace('//', `//${user}:${encodeURIComponent(password)}@`)

  test('user, password and database are those of the url', async () => {
    await the.redis.call('ACL', 'SETUSER', 'orders', 'on', `>${PASSWORD}`, '~*', '+@all')
    const store = at(`${withUser('orders')}/3\n`)
    await expectStored(store, await move(store, await create(store, { id: 'a' }), 'reserved'))
    expect(await the.redis.exists(`${the.prefix}saga:a`)).toBe(0)
    expect(await the.redis.info('keyspace')).toMatch(/^db3:/m)
  })

  test('a user needs no more than the docs say', async () => {
    const rights = ['+@scripting', '+@read', '+@write', '+@connection', '+time']
    const store = at(withUser('modest'))
    await the.redis.call('ACL', 'SETUSER', 'modest', 'on', `>${PASSWORD}`, `~${the.prefix}*`, '-@all', ...rights)
    const made = await create(store, { entity: 'table/4' })
    await expectStored(store, await move(store, made, 'reserved'))
    const { recovery, list, removal } = store.can
    if (recovery.by === 'sweep') expect(await recovery.findDue(Number.MAX_SAFE_INTEGER, 9)).toHaveLength(1)
    if (list !== false) expect((await list.page({ limit: 9, associatedEntityId: 'table/4' })).items).toHaveLength(1)
    if (removal !== false) expect(await removal.removeFinal(Date.now(), 9)).toBe(0)
    expect(await store.probe()).toMatchObject({ ok: true })
  })

  test('C2.6 a wrong password, or a user without scripts: the probe names it, without secrets', async () => {
    await the.redis.call('ACL', 'SETUSER', 'orders', 'on', `>${PASSWORD}`, '~*', '+@all')
    const login =
      'are user and password of "url" right, and may this user run scripts, and read and write all keys of "prefix"?'
    const where = `ask the time of the store "redis" (127.0.0.1:${the.server.port}/0)`
    expect(await at(withUser('orders', `not ${PASSWORD}`)).probe()).toEqual({
      ok: false,
      why: `${where}: WRONGPASS invalid username-password pair or user is disabled; ${login}`,
    })
    await the.redis.call('ACL', 'SETUSER', 'orders', '-@scripting')
    const refused = at(withUser('orders'))
    const told = await refused.probe()
    expect(told.ok ? '' : told.why).toMatch(
      /NOPERM .* no permissions to run the 'evalsha' command; are user and password/,
    )
    await expect(create(refused)).rejects.toThrow(/^save to the store "redis" .*NOPERM/)
  })

  test.each([
    'https://127.0.0.1',
    '127.0.0.1:6379',
    'redis://',
    'redis:///0',
    'redis://me:hunter2/x@127.0.0.1',
    'redis://me:hunter2%@127.0.0.1',
    'redis://me:hunter2@127.0.0.1/orders',
    'redis://me:hunter2@127.0.0.1?db=1',
    'redis://a:6379,b:6379',
  ])('C2.6 %s is refused at once, and not repeated', (url) => {
    const thrown = expect(() => the.fresh({}, { url: { reveal: () => url } }))
    thrown.toThrow(
      'open the store "redis": "url" must be redis://user:password@host:port/database, or rediss:// for TLS, in user and password %XX for / : @ ? # % and blanks',
    )
  })

  test('TLS: accepted with the right authority and client certificate, refused without', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'batuta-redis-tls-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const { ca, client } = await makeCertificates(folder)
    const pem = readFileSync(join(folder, SERVER), 'utf8')
    const named: unknown[] = []
    const server = createServer({ key: pem, cert: pem, ca, requestCert: true }, (socket) => {
      named.push(socket.servername)
      const behind = connect(the.server.port, '127.0.0.1').on('error', () => socket.destroy())
      socket
        .on('error', () => behind.destroy())
        .pipe(behind)
        .pipe(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())

    const url = the.url((server.address() as AddressInfo).port).replace('redis:', 'rediss:')
    const [trusted, key, cert] = [ca, client.key, client.cert].map((text) => ({ reveal: () => text }))
    const ssl = { ca: [trusted], key, cert }
    const store = at(url, ssl)
    await expectStored(store, await create(store))
    expect(await at(url.replace('127.0.0.1', 'localhost'), ssl).probe()).toMatchObject({ ok: true })
    expect(named).toEqual([false, 'localhost'])
    const why = expect.stringMatching(/certificate.*; check "url" and "ssl": does it speak TLS\?$/)
    expect(await at(url).probe()).toEqual({ ok: false, why })
    const unknown = expect.stringMatching(/alert certificate required.*; check "url" and "ssl": does it speak TLS\?$/)
    expect(await at(url, { ca: [trusted] }).probe()).toEqual({ ok: false, why: unknown })
    expect(() => at(the.url(), ssl)).toThrow(
      'open the store "redis": "ssl" must stand beside a "url" that begins with rediss://',
    )
  })
})
