import { describe, expect, it } from 'vitest'
import { redact } from '../../../src/config/redact.ts'
import { complete, edited, type Tree } from './files.ts'

const HIDDEN = '[redacted]'

describe('redact', () => {
  it('C2.6 hides the values of headers, sasl and ssl, tokens, and brokers by reference', () => {
    const file = complete()
    const shown = redact(file) as Tree
    const [payments, events] = shown.communicationProtocols
    expect(payments.configurations.headers).toEqual({ 'x-key': HIDDEN, authorization: HIDDEN })
    expect(events.configurations.authenticationProperties).toEqual({
      ssl: { ca: HIDDEN, key: HIDDEN, cert: HIDDEN, passphrase: HIDDEN },
      sasl: { mechanism: HIDDEN, username: HIDDEN, password: HIDDEN },
    })
    expect(events.configurations.brokers).toBe(HIDDEN)
    expect(shown.persistencyManagement.configurations).toMatchObject({ token: HIDDEN, prefix: 'orders:' })
  })

  it('C2.6 copies everything else as it is, and does not change its argument', () => {
    const file = edited(({ communicationProtocols: [, { configurations }] }) => {
      configurations.brokers = ['a:9092']
      configurations.authenticationProperties = { ssl: true }
    })
    const before = structuredClone(file)
    const shown = redact(file) as Tree
    expect(file).toEqual(before)
    expect(shown.machineDefinition).toEqual(file.machineDefinition)
    expect(shown.settings).toEqual(file.settings)
    expect(shown.communicationProtocols[1]).toEqual(file.communicationProtocols[1])
    expect(shown.communicationProtocols[0].configurations.endpoint).toBe('payments.internal')
  })

  it.each([
    ['mongodb://me:pass@a:1,b:2/db?replicaSet=r', `mongodb://${HIDDEN}@a:1,b:2/db?${HIDDEN}`],
    ['mongodb+srv://me:p@ss/w?ord@host/db', `mongodb+srv://${HIDDEN}@host/db`],
    ['mongodb://a/db?tlsCertificateKeyFilePassword=pass&w=1', `mongodb://a/db?${HIDDEN}`],
    ['mongodb://a/db', 'mongodb://a/db'],
    ['pass', HIDDEN],
    [{ type: 'file', path: '/a' }, HIDDEN],
  ])('C2.6 of the URI %j it shows %j', (connectionUri, shown) => {
    const file = { persistencyManagement: { type: 'mongo', configurations: { connectionUri } } }
    expect(redact(file)).toEqual({ persistencyManagement: { type: 'mongo', configurations: { connectionUri: shown } } })
  })

  it('C2.6 of a Redis it shows where it is', () => {
    const ssl = { ca: 'authority', key: 'k' }
    const shown = redact({ a: { url: 'rediss://me:p@ss@redis:6379/1', ssl } })
    expect(shown).toEqual({ a: { url: `rediss://${HIDDEN}@redis:6379/1`, ssl: { ca: HIDDEN, key: HIDDEN } } })
  })

  it.each([
    ['/hook?token=t', `/hook?${HIDDEN}`],
    ['/hook?t', `/hook?${HIDDEN}`],
    ['/hook#t', `/hook#${HIDDEN}`],
    ['/hook%3Ftoken=t', `/hook%3F${HIDDEN}`],
    ['/hook;session=t', `/hook;${HIDDEN}`],
    ['/@team/hook?mail=a@b', `/@team/hook?${HIDDEN}`],
    ['//me:t@host/a', `//${HIDDEN}@host/a`],
    ['t@host', `${HIDDEN}@host`],
    ['me:t%40host', `${HIDDEN}@host`],
    ['kafka://me:t@host:9092?a=b', `kafka://${HIDDEN}@host:9092?${HIDDEN}`],
    ['/what?', '/what?'],
  ])('C2.6 shows %j as %j, at any path', (text, shown) => {
    const file = (value: string) => ({
      communicationProtocols: [{ configurations: { path: value, brokers: [value] } }],
    })
    expect(redact(file(text))).toEqual(file(shown))
  })

  it('C2.6 hides a secret by its name under an unknown key', () => {
    const file = { communicationProtocols: [{ configurations: { password: 'p', apiKey: 'k', a: 'http://u:p@h' } }] }
    expect(redact(file)).toEqual({
      communicationProtocols: [{ configurations: { password: HIDDEN, apiKey: HIDDEN, a: `http://${HIDDEN}@h` } }],
    })
  })

  it('C2.6 is total', () => {
    for (const value of [null, undefined, 1, true, 'a', [], {}]) expect(redact(value)).toEqual(value)
    const deep = JSON.parse(`${'['.repeat(10_000)}"secret"${']'.repeat(10_000)}`)
    expect(() => redact(deep)).not.toThrow()
    expect(redact({ a: { headers: ['secret'], sasl: 'secret', ssl: null } })).toEqual({
      a: { headers: HIDDEN, sasl: HIDDEN, ssl: HIDDEN },
    })
    const shown = redact(JSON.parse('{"a":{"__proto__":{"token":"t"}}}')) as Tree
    expect(Object.getPrototypeOf(shown.a)).toBe(Object.prototype)
    expect(JSON.stringify(shown)).not.toContain('"t"')
  })
})
