import { describe, expect, it } from 'vitest'
import { readConfiguration } from '../../../src/config/read-configuration.ts'
import { accepted, complete, edited, problemsOf, SOURCES, withValue, type Tree } from './files.ts'

async function warnings(tree: unknown): Promise<readonly string[]> {
  return (await accepted(tree)).warnings
}

describe('a key that is nearly a known, absent one', () => {
  const near = (path: string, known: string) =>
    `${path}: found an unknown key, expected "${known}" ("settings.unknownKeys": "ignore" accepts unknown keys)`

  /** A key of the complete file goes, another one comes. */
  const renamed = (parent: string, from: string, to: string): Tree => {
    const file = complete()
    const keys = parent.split(/[.[\]]+/).filter((key) => key !== '')
    const object = keys.reduce((tree, key) => tree[key], file)
    object[to] = object[from]
    delete object[from]
    return file
  }

  const CHANNEL = 'communicationProtocols[0].configurations'
  it.each([
    ['', 'settings', 'setting'],
    ['', 'settings', 'Settings'],
    ['', 'persistencyManagement', 'persistenceManagement'],
    ['machineDefinition', 'creationEvent', 'creationEvents'],
    ['machineDefinition', 'creationEvent', 'creation_Event'],
    ['machineDefinition.states[0]', 'outgoingTransitions', 'outgoingTransition'],
    ['machineDefinition.states[0]', 'outgoingTransitions', 'outGoingTransitions'],
    ['machineDefinition.states[0]', 'outgoingTransitions', 'outgoingTransitons'],
    ['machineDefinition.states[0]', 'outputCommand', 'outputCommands'],
    ['machineDefinition.states[0]', 'outputCommand', 'outputcommand'],
    ['machineDefinition.states[0]', 'sideEffects', 'sideEffect'],
    ['machineDefinition.states[0]', 'businessStateId', 'businessStateID'],
    ['machineDefinition.states[0].outputCommand', 'channel', 'chanel'],
    ['machineDefinition.states[0].outgoingTransitions[0]', 'businessEventId', 'businessEventIds'],
    [CHANNEL, 'headers', 'header'],
    [CHANNEL, 'path', 'paths'],
    [CHANNEL, 'path', 'pathh'],
    [CHANNEL, 'port', 'Port'],
    [CHANNEL, 'timeout', 'timeOut'],
    [CHANNEL, 'retry', 'retries'],
    ['communicationProtocols[1].configurations', 'deadLetterTopic', 'deadLetterTopics'],
    ['communicationProtocols[1].configurations', 'authenticationProperties', 'authenticationProperty'],
    ['communicationProtocols[1].configurations.authenticationProperties', 'ssl', 'SSL'],
    ['persistencyManagement.configurations', 'prefix', 'prefixes'],
    ['settings', 'throwOnUnexpectedEvents', 'throwOnUnexpectedEvent'],
    ['settings.deepMergeMetadata', 'enabled', 'enable'],
  ])('C2.5 in %j: %s written %s is a problem', async (parent, from, to) => {
    const path = parent === '' ? to : `${parent}.${to}`
    const file = renamed(parent, from, to)
    expect(await problemsOf(file)).toContain(near(path, from))
    const ignoring = { ...file, settings: { ...file.settings, unknownKeys: 'ignore' } }
    expect(await problemsOf(ignoring)).not.toContain(near(path, from))
  })

  it.each([
    ['settings.timer', 'timers'],
    ['settings.unknownKey', 'unknownKeys'],
    ['machineDefinition.states[0].timeouts', 'timeout'],
    [`${CHANNEL}.concurency`, 'concurrency'],
    [`${CHANNEL}.rates`, 'rate'],
  ])('C2.5 %s is a problem, as is %s, which a later version brings', async (path, known) => {
    expect(await problemsOf(withValue(path, {}))).toEqual([near(path, known)])
  })

  it('C2.5 its position is that of the key', async () => {
    const text =
      '{\n "machineDefinition": { "initialState": "a", "states": [\n{ "id": "a", "isFinal": true, "sideEffect": [] }] } }'
    const result = await readConfiguration(text, SOURCES)
    expect(result).toMatchObject({
      ok: false,
      problems: [{ path: 'machineDefinition.states[0].sideEffect', line: 3, column: 31 }],
    })
  })

  it('C2.5 "ignore" suppresses the findings of unknown keys', async () => {
    const file = edited((tree) => {
      Object.assign(tree.settings, { unknownKeys: 'ignore' })
      Object.assign(tree.machineDefinition.states[1], { sideEffect: [], position: { x: 1 } })
    })
    expect(await warnings(file)).toEqual([])
  })
})

describe("keys that the reference's Configurator or KafkaJS knows", () => {
  it.each([
    ['machineDefinition', ['position', 'positions', 'notes', 'note', 'version', 'name', 'executors', 'services']],
    [
      'machineDefinition.states[0]',
      ['position', 'note', 'notes', 'executor', 'executors', 'descriptions', 'type', 'color'],
    ],
    [
      'machineDefinition.states[0].outputCommand',
      ['description', 'descriptions', 'executor', 'type', 'position', 'note'],
    ],
    ['machineDefinition.states[0].outgoingTransitions[0]', ['description', 'position', 'note', 'id', 'type', 'label']],
    ['communicationProtocols[0]', ['description', 'name', 'position', 'note']],
    ['communicationProtocols[0].configurations', ['description', 'name', 'body', 'query', 'date', 'auth']],
    ['communicationProtocols[1].configurations', ['clientId', 'connectionTimeout', 'logLevel', 'retry', 'ssl', 'sasl']],
    [
      'communicationProtocols[1].configurations.authenticationProperties.ssl',
      ['rejectUnauthorized', 'servername', 'crl', 'pfx'],
    ],
    [
      'communicationProtocols[1].configurations.authenticationProperties.sasl',
      ['authorizationIdentity', 'accessKeyId', 'secretAccessKey', 'sessionToken'],
    ],
    ['settings', ['description', 'note']],
    ['', ['version', 'name', 'description', 'notes', 'layout', 'schema']],
  ])('C2.8 in %j are findings at most', async (parent, keys) => {
    for (const key of keys)
      expect(await problemsOf(withValue(parent === '' ? key : `${parent}.${key}`, 'x'))).toEqual([])
  })

  it('C2.8 one letter more or less of a short key is another key', async () => {
    const file = edited((tree) => {
      delete tree.communicationProtocols[1].configurations.authenticationProperties.ssl.ca
      Object.assign(tree.communicationProtocols[1].configurations.authenticationProperties.ssl, { cn: 'x' })
    })
    expect(await problemsOf(file)).toEqual([])
  })
})

describe('parts of a machine that published files have', () => {
  it('C2.1 a business state or event whose id is repeated is a finding, and the first entry counts', async () => {
    const file = edited(({ machineDefinition }) => {
      machineDefinition.businessStates.push({ id: 0, description: 'Again' }, { id: 'spare' })
      machineDefinition.businessEvents.push({ id: 'P' })
    })
    const expected = 'expected an id that no earlier entry has; the first entry of an id counts'
    expect(await warnings(file)).toEqual([
      `machineDefinition.businessStates[3].id: found 0, ${expected}`,
      `machineDefinition.businessStates[4].id: found "spare", ${expected}`,
      `machineDefinition.businessEvents[1].id: found "P", ${expected}`,
    ])
  })

  it('C5a a business id may be referred to by its text', async () => {
    const file = edited(({ machineDefinition }) => {
      machineDefinition.states[0].businessStateId = '0'
      machineDefinition.businessEvents.push({ id: 5 })
      machineDefinition.states[0].outgoingTransitions[0].businessEventId = '5'
    })
    expect(await warnings(file)).toEqual([])
  })

  it('C4.5 transitions of a final state are a finding', async () => {
    const file = withValue('machineDefinition.states[1].outgoingTransitions', [
      { inputEvent: 'again', targetState: 'done' },
    ])
    expect(await warnings(file)).toEqual([
      'machineDefinition.states[1].outgoingTransitions: found transitions of a final state, expected none; those listed move a saga that has ended',
    ])
    expect(await warnings(withValue('machineDefinition.states[1].outgoingTransitions', []))).toEqual([])
  })
})

describe('unknown keys', () => {
  it.each([
    ['setings', 'settings'],
    ['machineDefinition.initalState', 'initialState'],
    ['machineDefinition.states[0].isfinal', 'isFinal'],
    ['machineDefinition.states[0].outputCommand.chanel', 'channel'],
    ['machineDefinition.states[0].sideEffects[0].lable', 'label'],
    ['machineDefinition.states[0].outgoingTransitions[1].target', 'targetState'],
    ['machineDefinition.businessStates[0].descripton', 'description'],
    ['communicationProtocols[0].configuration', 'configurations'],
    ['communicationProtocols[0].configurations.endPoint', 'endpoint'],
    ['communicationProtocols[1].configurations.consumergroup', 'consumerGroup'],
    ['communicationProtocols[1].configurations.authenticationProperties.tls', 'ssl'],
    ['communicationProtocols[1].configurations.authenticationProperties.ssl.certs', 'cert'],
    ['communicationProtocols[1].configurations.authenticationProperties.sasl.mechanisms', 'mechanism'],
    ['persistencyManagement.configurations.tokens', 'token'],
    ['communicationProtocols[0].configurations.host', 'endpoint'],
    ['settings.throwOnUnexpectedEvent', 'throwOnUnexpectedEvents'],
    ['settings.deepMergeMetadata.enable', 'enabled'],
  ])('C2.5 %s beside the nearest, %s: a finding', async (path, nearest) => {
    expect(await warnings(withValue(path, 'secret'))).toEqual([
      `${path}: found an unknown key, expected a known key; the nearest is "${nearest}"`,
    ])
  })

  it('C2.5 are all named', async () => {
    const file = edited((tree) => Object.assign(tree, { a: 1, b: { c: 1 }, 'd e': 1 }))
    const named = (await warnings(file)).map((line) => line.replace(/: found .*/, ''))
    expect(named).toEqual(['a', 'b', '["d e"]'])
  })

  it('C2.5 have no hint where no key is known', async () => {
    const file = edited((tree) => (tree.persistencyManagement = { type: 'memory', configurations: { path: 'a' } }))
    expect(await warnings(file)).toEqual([
      'persistencyManagement.configurations.path: found an unknown key, expected no keys here',
    ])
  })

  it('C2.5 header names are free, and a key of megabytes is cut', async () => {
    const free = edited((tree) => (tree.communicationProtocols[0].configurations.headers.setings = 'x'))
    expect(await warnings(free)).toEqual([])
    const [line] = await warnings({ ...complete(), ['k'.repeat(3_000_000)]: 1 })
    expect(line?.length).toBeLessThan(200)
  })
})

describe('a missing part', () => {
  it('C2.1 a side effect without channel', async () => {
    const file = withValue('machineDefinition.states[0].sideEffects[0].channel', undefined)
    expect(await warnings(file)).toEqual([
      'machineDefinition.states[0].sideEffects[0].channel: found nothing, expected the id of a channel; without one "mail" is not sent',
    ])
  })
})

describe('a finding', () => {
  it('C2.8 is a record of code, path, position, found and expected', async () => {
    const file =
      '{\n "machineDefinition": { "initialState": "a", "states": [{ "id": "a", "isFinal": true, "note": 1 }] } }'
    const result = await readConfiguration(file, SOURCES)
    expect(result.ok && result.warnings.filter(({ path }) => path !== 'communicationProtocols')).toEqual([
      {
        code: 'store.missing',
        path: 'persistencyManagement',
        line: 1,
        column: 1,
        found: 'nothing',
        expected: 'a store; without one sagas are kept in the embedded store of the host',
      },
      {
        code: 'key.unknown',
        path: 'machineDefinition.states[0].note',
        line: 2,
        column: 87,
        found: 'an unknown key',
        expected: expect.stringContaining('the nearest is'),
      },
    ])
  })
})
