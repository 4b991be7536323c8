import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { accepted, problemsOf, withValue } from './files.ts'
import type { Tree } from './files.ts'

const PLACE = 'communicationProtocols[1].configurations.authenticationProperties.sasl'
const AWS = {
  mechanism: 'aws',
  authorizationIdentity: 'hush-role',
  accessKeyId: 'hush-id',
  secretAccessKey: 'hush-key',
}

async function saslOf(sasl: unknown): Promise<Tree> {
  const { value, warnings } = await accepted(withValue(PLACE, sasl))
  expect(warnings).toEqual([])
  const channel = value.channels[1]
  return channel?.type === 'kafka' ? channel.configurations.authenticationProperties.sasl : undefined
}

describe('SASL of a Kafka channel', () => {
  it.each(['plain', 'PLAIN', 'Plain', 'SCRAM-SHA-256', 'scram-SHA-512', 'Scram-Sha-256'])(
    'C2.2 the mechanism may be written %s',
    async (mechanism) => {
      const sasl = await saslOf({ mechanism, username: 'me', password: { type: 'env', name: 'REDIS' } })
      expect([sasl.mechanism, sasl.username.reveal(), sasl.password.reveal()]).toEqual([
        mechanism.toLowerCase(),
        'me',
        'r',
      ])
    },
  )

  it.each(['aws', 'AWS', 'Aws'])(
    'C2.2 %s has the keys of KafkaJS, of which any may be a reference',
    async (mechanism) => {
      const sasl = await saslOf({ ...AWS, mechanism, sessionToken: { type: 'env', name: 'REDIS' } })
      expect(sasl.mechanism).toBe('aws')
      expect(sasl.secretAccessKey.reveal()).toBe('hush-key')
      expect(sasl.sessionToken.reveal()).toBe('r')
      expect((await saslOf({ ...AWS, mechanism })).sessionToken).toBeUndefined()
    },
  )

  it.each(['authorizationIdentity', 'accessKeyId', 'secretAccessKey'])('C2.2 aws without %s', async (key) => {
    for (const [value, found] of [
      [undefined, 'nothing'],
      ['', 'an empty string'],
    ] as const) {
      const problems = await problemsOf(withValue(PLACE, { ...AWS, [key]: value }))
      expect(problems).toEqual([expect.stringMatching(`^${PLACE.replaceAll(/[[\]]/g, '\\$&')}.${key}: found ${found}`)])
    }
  })

  it('C2.2 aws with user and password: the keys that are missing', async () => {
    const problems = await problemsOf(withValue(PLACE, { mechanism: 'AWS', username: 'me', password: 'hush' }))
    expect(problems).toHaveLength(3)
  })

  it.each([{ oauthBearerProvider: '() => token' }, { username: 'me', password: 'hush' }, {}])(
    'C2.2 a mechanism that is not known is the only problem, with %j',
    async (credentials) => {
      const problems = await problemsOf(withValue(PLACE, { mechanism: 'OAUTHBEARER', ...credentials }))
      expect(problems).toEqual([expect.stringContaining('.mechanism: found "OAUTHBEARER", expected "plain"')])
    },
  )

  it('C2.6 everything under sasl is redacted', async () => {
    const { value } = await accepted(withValue(PLACE, { ...AWS, sessionToken: 'hush-token' }))
    expect(inspect(value, { depth: 20 }) + JSON.stringify(value)).not.toContain('hush')
    expect(value.shown).toHaveProperty(`${PLACE}.accessKeyId`, '[redacted]')
  })
})
