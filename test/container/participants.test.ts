import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkReservation } from '../../examples/kafka/services/check.ts'
import { settingsFrom } from '../../examples/kafka/services/run.ts'
import { validateReservation } from '../../examples/kafka/services/validation.ts'
import type { Compose } from './compose.ts'
import { read, ROOT, yaml } from './files.ts'

interface MachineDefinition {
  readonly states: readonly {
    readonly outputCommand?: { readonly label: string }
    readonly outgoingTransitions?: readonly { readonly inputEvent: string }[]
  }[]
}

interface Packages {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

const SERVICES = 'examples/kafka/services'
const { services } = yaml<Compose>(read('compose.yaml'))

describe('the participants of examples/kafka', () => {
  test.each([
    ['validateReservation', validateReservation, [{ guests: 2 }, { guests: 13 }, { guests: '2' }, {}]],
    ['checkReservation', checkReservation, [{ guests: 2 }, { guests: 9 }, {}]],
  ])('%s is answered with each event of its state', (label, answer, metadata) => {
    const { machineDefinition } = JSON.parse(read('examples/kafka/saga.json')) as {
      machineDefinition: MachineDefinition
    }
    const state = machineDefinition.states.find(({ outputCommand }) => outputCommand?.label === label)
    const events = new Set(metadata.map((one) => answer(one).label))
    expect([...events]).toEqual(state?.outgoingTransitions?.map(({ inputEvent }) => inputEvent))
    for (const one of metadata) expect(answer(one)).toEqual(answer(one))
  })

  test('the settings of compose.yaml are the defaults, and a variable wins over them', () => {
    const { KAFKA_BROKERS, COMMANDS_TOPIC, EVENTS_TOPIC } = services['check']?.environment ?? {}
    const settings = { brokers: [KAFKA_BROKERS], commands: COMMANDS_TOPIC, events: EVENTS_TOPIC, group: 'g' }
    expect(settingsFrom({}, 'g')).toEqual(settings)
    expect(settingsFrom({ KAFKA_BROKERS: 'a:1,b:2', CONSUMER_GROUP: 'h' }, 'g')).toMatchObject({
      brokers: ['a:1', 'b:2'],
      group: 'h',
    })
  })

  test('their package has the versions of the clone, and its lock file has no addresses', () => {
    const clone = JSON.parse(read('package.json')) as Packages
    const { dependencies } = JSON.parse(read(SERVICES, 'package.json')) as Packages
    const peers = JSON.parse(read('tools/peers/package.json')) as Packages
    expect({ ...clone.dependencies, ...clone.devDependencies, ...peers.dependencies }).toMatchObject(dependencies)
    const lock = JSON.parse(read(SERVICES, 'package-lock.json')) as { packages: Record<string, Partial<Packages>> }
    expect(lock.packages['']?.dependencies).toEqual(dependencies)
    expect(read(SERVICES, 'package-lock.json')).not.toContain('"resolved"')
  })
})

describe('create-topics.sh', () => {
  test('creates both topics, and offsets of the commands for groups without any', () => {
    const groups = ['reservation.validation', 'reservation.check']
    const create = (topic: string) =>
      `topics --create --if-not-exists --topic ${topic} --partitions 6 --replication-factor 1`
    const begin = (group: string) =>
      `consumer-groups --group ${group} --topic reservation.commands --reset-offsets --to-earliest --execute`
    const topics = ['reservation.commands', 'reservation.events'].map(create)
    expect(called('batuta')).toEqual([...topics, 'consumer-groups --list', ...groups.map(begin)])
    expect(called('reservation.check')).toEqual([...topics, 'consumer-groups --list', begin('reservation.validation')])
    expect(called(...groups)).toEqual([...topics, 'consumer-groups --list'])
  })

  test('fails with the tool that fails', () => {
    expect(() => called('', 'exit 1')).toThrow('Command failed')
  })
})

test("compose.yaml creates offsets for each participant's group", () => {
  const wanted = String(services['create-topics']?.environment?.['GROUPS_OF_PARTICIPANTS']).split(' ')
  const own = ['validation', 'check'].map((name) => /run\('([\w.]+)'/.exec(read(SERVICES, `${name}.ts`))?.[1])
  expect(wanted).toEqual(own)
})

/** The calls of Kafka's tools, recorded by scripts in their place. */
function called(...groups: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-topics-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const last = groups.at(-1)?.startsWith('exit') === true ? groups.at(-1) : ''
  for (const tool of ['topics', 'consumer-groups']) {
    const file = join(folder, `kafka-${tool}.sh`)
    writeFileSync(
      file,
      `#!/bin/sh\nshift 2\necho ${tool} "$@" >>${folder}/calls\n[ "$1" = --list ] && printf '%s\\n' ${groups.join(' ')}\n${last || 'true'}\n`,
    )
    chmodSync(file, 0o755)
  }
  const environment = { ...services['create-topics']?.environment, KAFKA_BIN: folder, PATH: process.env['PATH'] }
  const env = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]))
  execFileSync('sh', [join(ROOT, 'examples/kafka/create-topics.sh')], { env, stdio: 'pipe' })
  return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')
}
