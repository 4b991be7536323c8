import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Validator } from '@cfworker/json-schema'
import { DCLinter } from 'dclint'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readConfiguration } from '../../src/config/read-configuration.ts'
import type { Compose, ComposeService } from './compose.ts'
import { composeProblems } from './compose-rules.ts'
import { read, ROOT, yaml } from './files.ts'

const TEXT = read('compose.yaml')
/** The schema of the Compose Specification, from the linter's package. */
const schema = new Validator(JSON.parse(read('node_modules/dclint/schemas/compose.schema.json')), '7', false)

const misfits = (text: string) => schema.validate(yaml(text)).errors.map(({ instanceLocation }) => instanceLocation)

/** The default rules of dclint that the file breaks. */
function lint(file: string): readonly string[] {
  const linter = new DCLinter({ rules: {}, quiet: false, debug: false, exclude: [] })
  const results: readonly { readonly messages: readonly { readonly rule: string }[] }[] = linter.lintFiles(
    [file],
    false,
  )
  expect(results).toHaveLength(1)
  return results.flatMap(({ messages }) => messages.map(({ rule }) => rule))
}

describe.each(['.', 'examples/compose-rest'])('%s/compose.yaml', (folder) => {
  test('is valid by the Compose Specification', () => {
    expect(misfits(read(folder, 'compose.yaml'))).toEqual([])
  })

  test('dclint finds no problem', () => {
    expect(lint(join(ROOT, folder, 'compose.yaml'))).toEqual([])
  })

  test('its parts fit each other, the images and the service', () => {
    expect(composeProblems(yaml(read(folder, 'compose.yaml')), join(ROOT, folder))).toEqual([])
  })
})

describe('compose.yaml', () => {
  test('its saga.json is valid, and names its brokers, topics and groups', async () => {
    const read_ = await readConfiguration(read('examples/kafka/saga.json'), { variable: () => undefined })
    expect(read_).toMatchObject({ ok: true, warnings: [] })
    const { services } = yaml<Compose>(TEXT)
    const [channel] = read_.ok ? read_.value.channels : []
    const topics = services['create-topics']?.environment ?? {}
    const { brokers, inputTopics, outputTopics } = channel?.type === 'kafka' ? channel.configurations : {}
    expect(brokers?.map((broker) => broker.reveal())).toEqual([topics['KAFKA_BROKERS']])
    expect([inputTopics, outputTopics]).toEqual([[topics['EVENTS_TOPIC']], [topics['COMMANDS_TOPIC']]])
    expect(services['kafka']?.environment?.['KAFKA_ADVERTISED_LISTENERS']).toBe(
      `PLAINTEXT://${topics['KAFKA_BROKERS']}`,
    )
    for (const name of ['check', 'validation'])
      expect(services[name]?.environment, name).toMatchObject({ KAFKA_BROKERS: topics['KAFKA_BROKERS'] })
  })
})

describe('a wrong compose.yaml is refused', () => {
  test('by dclint: a port open on every interface', () => {
    const folder = mkdtempSync(join(tmpdir(), 'batuta-compose-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'compose.yaml'), TEXT.replace('127.0.0.1:3000:3000', '3000:3000'))
    expect(lint(join(folder, 'compose.yaml'))).toEqual(['no-unbound-port-interfaces'])
  })

  test.each([
    ['an unknown key', 'cap_drop', 'cap_dropped', '#/services/check'],
    ['a number where a list belongs', 'cap_drop: [ALL]', 'cap_drop: 1', '#/services/worker/cap_drop'],
    ['an unknown condition', 'service_healthy', 'service_well', '#/services/create-topics/depends_on'],
  ])('by the schema: %s', (_, from, to, place) => {
    expect(misfits(TEXT.replace(from, to))).toContain(place)
  })

  const rows: readonly (readonly [string, (services: Record<string, Mutable>) => void, string])[] = [
    ['a writable root', ({ worker }) => delete worker?.read_only, 'worker: read_only: the root is writable'],
    ['capabilities', ({ check }) => delete check?.cap_drop, 'check: cap_drop: not all'],
    [
      'a saga.json elsewhere',
      ({ worker }) => worker?.volumes?.shift(),
      'worker: volumes: nothing at /flow-configuration/saga.json',
    ],
    ['no volume for the data', ({ worker }) => worker?.volumes?.pop(), 'worker: volumes: nothing at /data'],
    [
      'a missing file',
      ({ worker }) => worker?.volumes?.push('./no.json:/x:ro'),
      'worker: volumes: there is no ./no.json',
    ],
    ['an undeclared volume', ({ kafka }) => kafka?.volumes?.push('logs:/x'), 'kafka: volumes: "logs" is not declared'],
    [
      'a port without a listener',
      ({ worker }) => worker?.ports?.push('127.0.0.1:80:8080'),
      'worker: ports: no listener',
    ],
    [
      'too little grace',
      ({ worker }) => void (worker!.stop_grace_period = '30s'),
      'worker: stop_grace_period: shorter than SHUTDOWN_TIMEOUT',
    ],
    [
      'an unknown variable',
      ({ worker }) => void (worker!.environment!['LOGLEVEL'] = 'info'),
      'worker: environment: the service does not read LOGLEVEL',
    ],
    [
      'a floating image',
      ({ kafka }) => void (kafka!.image = 'apache/kafka:latest'),
      'kafka: image: "apache/kafka:latest" is not pinned to a version',
    ],
    [
      'a wait that never ends',
      ({ kafka }) => delete kafka?.healthcheck,
      'create-topics: depends_on: kafka is never service_healthy',
    ],
    [
      'a missing program',
      ({ check }) => void (check!.command = ['checks.ts']),
      'check: command: there is no checks.ts',
    ],
    [
      'no Containerfile',
      ({ check }) => void (check!.build!.dockerfile = 'Dockerfile'),
      'check: build: there is no Dockerfile',
    ],
  ]

  test.each(rows)('%s', (_, plant, problem) => {
    const compose = structuredClone(yaml<Compose>(TEXT)) as unknown as { services: Record<string, Mutable> } & Compose
    plant(compose.services)
    expect(composeProblems(compose)).toContain(problem)
  })
})

type Mutable = { -readonly [K in keyof ComposeService]: Writable<ComposeService[K]> }
type Writable<T> = T extends readonly (infer E)[] ? E[] : T extends object ? { -readonly [K in keyof T]: T[K] } : T
