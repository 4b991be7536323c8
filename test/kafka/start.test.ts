import { createPrivateKey } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONFIRMS } from '../services/behaviour.ts'
import { createTopic, describeKafka, kafka } from '../services/kafka.ts'
import { freePort } from '../services/processes.ts'
import type { Worker } from '../services/worker.ts'
import { makeFixture, workerOf } from './support/fixture.ts'
import type { KafkaFixture } from './support/fixture.ts'
import { KafkaPeer } from './support/kafka-peer.ts'
import { askOf, create, reached } from './support/saga.ts'

type ChannelSettings = Readonly<Record<string, unknown>>
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
const PASSPHRASE = 'open-it-up'

/** The end of a worker that refuses to start, and its output. */
interface RefusedStart {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
}

describeKafka('starting with Kafka', () => {
  const running: Worker[] = []
  const ssl = { ca: kafka.ca }
  const sasl = (mechanism: string, password = kafka.user.password) => ({ ...kafka.user, mechanism, password })
  const at = (listener: keyof typeof kafka.addresses, authenticationProperties: object = {}): ChannelSettings => ({
    brokers: [kafka.addresses[listener]],
    authenticationProperties,
  })

  afterAll(async () => void (await Promise.all(running.map((worker) => worker.stop()))))

  async function prepare(
    settings: ChannelSettings,
    environment: Record<string, string> = {},
  ): Promise<[Worker, KafkaFixture]> {
    const fixture = await makeFixture({ settings })
    const worker = await workerOf(fixture, environment)
    running.push(worker)
    return [worker, fixture]
  }

  async function refusal(settings: ChannelSettings): Promise<RefusedStart> {
    const from = Date.now()
    const [worker] = await prepare(settings)
    const { code } = await worker.launch()
    return { code, stdout: worker.stdout, stderr: worker.stderr, seconds: (Date.now() - from) / 1_000 }
  }

  /** Workers that wait for a broker as long as one may need to start. They run together, beside the other tests. */
  let patient: Record<'nobody' | 'plain' | 'tls', Promise<RefusedStart>>
  beforeAll(async () => {
    patient = {
      nobody: refusal({ brokers: [`127.0.0.1:${await freePort()}`] }),
      plain: refusal(at('ssl')),
      tls: refusal(at('plaintext', { ssl })),
    }
  })

  async function leads([worker, { events, commands }]: [Worker, KafkaFixture]): Promise<void> {
    const peer = await KafkaPeer.join({
      address: kafka.addresses.plaintext,
      hears: [commands],
      answers: { script: CONFIRMS, to: events },
    })
    try {
      await worker.start()
      const { metadata } = await reached(askOf(worker), await create(askOf(worker)), 'reservationConfirmed')
      expect(metadata).toEqual({ validationOK: true, checkOK: true })
      const shown = await askOf(worker)('/configuration')
      const said = shown.text + worker.stdout + worker.stderr
      for (const hidden of [kafka.user.password, PASSPHRASE, 'PRIVATE KEY']) expect(said).not.toContain(hidden)
    } finally {
      await Promise.all([peer.close(), worker.stop()])
    }
  }

  describe('C2.2 C2.6 a saga reaches its end', () => {
    const doors: Record<string, ChannelSettings> = {
      'plaintext, brokers as an array': at('plaintext'),
      'plaintext, brokers as one text': { brokers: `127.0.0.1:1, ${kafka.addresses.plaintext} ,` },
      TLS: at('ssl', { ssl }),
      'mutual TLS': at('mtls', { ssl: { ...ssl, ...kafka.client } }),
    }
    for (const mechanism of MECHANISMS) {
      doors[mechanism] = at('sasl', { sasl: sasl(mechanism) })
      const upper = mechanism.toUpperCase() // as in published files
      doors[`${upper} over TLS`] = at('saslSsl', { ssl, sasl: sasl(upper) })
    }
    test.each(Object.entries(doors))('C2.2 %s', async (_, settings) => leads(await prepare(settings)))

    /** Stores a secret, and returns the reference to it. */
    type Keep = (text: string, name: string) => object
    const mutual = (keep: Keep): ChannelSettings => {
      const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE } as const
      const key = keep(String(createPrivateKey(kafka.client.key).export(options)), 'KEY')
      const certificates = { ca: keep(kafka.ca, 'CA'), cert: keep(kafka.client.cert, 'CERT') }
      const tls = { ...certificates, key, passphrase: keep(PASSPHRASE, 'PASSPHRASE') }
      return { brokers: keep(kafka.addresses.mtls, 'BROKERS'), authenticationProperties: { ssl: tls } }
    }
    const login = (keep: Keep): ChannelSettings => {
      const { username, password } = kafka.user
      const user = { username: keep(username, 'USER_NAME'), password: keep(password, 'PASSWORD') }
      const authenticationProperties = {
        ssl: { ca: keep(kafka.ca, 'CA') },
        sasl: { mechanism: 'scram-sha-512', ...user },
      }
      return { brokers: keep(kafka.addresses.saslSsl, 'BROKERS'), authenticationProperties }
    }
    const secrets: readonly (readonly [string, (keep: Keep) => ChannelSettings])[] = [
      ['mutual TLS with a passphrase', mutual],
      ['a login over TLS', login],
    ]

    test.each(secrets)('C2.6 all that may be secret from files: %s', async (_, settingsOf) => {
      const folder = mkdtempSync(join(tmpdir(), 'batuta-secrets-'))
      const settings = settingsOf((text, name) => {
        writeFileSync(join(folder, name), `${text}\n`)
        return { type: 'file', path: join(folder, name) }
      })
      await leads(await prepare(settings)).finally(() => rmSync(folder, { recursive: true }))
    })

    test.each(secrets)('C2.6 all that may be secret from variables: %s', async (_, settingsOf) => {
      const environment: Record<string, string> = {}
      const settings = settingsOf((text, name) => {
        environment[name] = text
        return { type: 'env', name }
      })
      await leads(await prepare(settings, environment))
    })
  })

  describe('C1.2 exit code 1 with the reason', () => {
    const refused = ({ code, stderr }: RefusedStart, ...parts: (string | RegExp)[]) => {
      expect(code, stderr).toBe(1)
      const said = stderr.split('\n').find((line) => line.startsWith('batuta could not start: '))
      for (const part of parts) expect(said).toMatch(part)
    }

    test('C2.2 a topic that is missing, of events', async () => {
      refused(await refusal({ inputTopics: ['no-such-events'] }), 'channel "kafkaChannel"', 'topic "no-such-events"')
    })

    test('C2.2 two topics that are missing', async () => {
      const inputTopics = [await createTopic('there'), 'no-such-a', 'no-such-b']
      const said = await refusal({ inputTopics })
      refused(said, 'topics "no-such-a", "no-such-b" do not exist')
      expect(said.stderr).not.toContain('there-')
    })

    test('C2.5a a dead-letter topic that is missing', async () => {
      refused(await refusal({ deadLetterTopic: 'no-such-letters' }), 'topic "no-such-letters"')
    })

    test.each(MECHANISMS)('C2.6 %s with a wrong password, which is shown nowhere', async (mechanism) => {
      const said = await refusal(at('sasl', { sasl: sasl(mechanism, 'hush-hush') }))
      refused(said, 'channel "kafkaChannel"', /authentication/i)
      expect(said.stdout + said.stderr).not.toContain('hush-hush')
      expect(said.seconds).toBeLessThan(15)
    })

    test('C2.2 a mechanism that the broker lacks', async () => {
      refused(await refusal(at('plaintext', { sasl: sasl('plain') })), 'channel "kafkaChannel"', /sasl/i)
    })

    test('C2.2 aws, which this broker lacks: it is asked for it', async () => {
      const keys = { authorizationIdentity: 'role', accessKeyId: 'id', secretAccessKey: 'hush-hush' }
      const said = await refusal(at('sasl', { sasl: { mechanism: 'aws', ...keys } }))
      refused(said, 'channel "kafkaChannel"', /SASL mechanism/)
      expect(said.stdout + said.stderr).not.toContain('hush-hush')
    })

    test('C2.2 a certificate that the authority has not signed', async () => {
      const said = await refusal(at('ssl', { ssl: true }))
      refused(said, 'channel "kafkaChannel"', /certificate/i)
      expect(said.seconds).toBeLessThan(15)
    })

    test('C2.2 no certificate where one is required', async () => {
      refused(await refusal(at('mtls', { ssl })), 'channel "kafkaChannel"', /certificate|handshake/i)
    })

    test('C2.2 no broker, for as long as one may need to start', async () => {
      const said = await patient.nobody
      refused(said, 'channel "kafkaChannel"', /refused/i)
      expect(said.seconds).toBeGreaterThan(28)
      expect(said.seconds).toBeLessThan(60)
    })

    test('C2.2 without TLS on a TLS listener', async () => refused(await patient.plain, 'channel "kafkaChannel"'))
    test('C2.2 with TLS on a plaintext listener', async () => refused(await patient.tls, 'channel "kafkaChannel"'))
  })
})
