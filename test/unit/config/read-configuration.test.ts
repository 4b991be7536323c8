import { describe, expect, it } from 'vitest'
import { describeProblem } from '../../../src/config/problem.ts'
import { readConfiguration } from '../../../src/config/read-configuration.ts'
import { accepted, complete, edited, fixture, problemsOf, SOURCES, withoutPosition, type Tree } from './files.ts'

const noChannels = (found: string) =>
  `communicationProtocols: found ${found}, expected at least one channel; without one no command is sent`
const NO_BROKER =
  'communicationProtocols[0].configurations.brokers[0]: found "KAFKA SERVER ENDPOINT URL", expected host and port, such as "kafka:9092"; a broker without them is left out'
const NO_STORE =
  'persistencyManagement: found an empty object, expected a store; without one sagas are kept in the embedded store of the host'

async function text(json: string): Promise<readonly string[]> {
  const result = await readConfiguration(json, SOURCES)
  return result.ok ? [] : result.problems.map(withoutPosition)
}

const PEM = `-----BEGIN CERTIFICATE-----\n${`MI${'A'.repeat(62)}\n`.repeat(4)}-----END CERTIFICATE-----\n`

describe('a valid file', () => {
  it('C2 the complete file, every section', async () => {
    const { value, warnings } = await accepted(complete())
    expect(warnings).toEqual([])
    expect(value.machine).toEqual(complete().machineDefinition)
    expect(value.channels.map(({ id, type }) => [id, type])).toEqual([
      ['payments', 'rest'],
      ['events', 'kafka'],
      ['spare', 'rest'],
    ])
    expect(value.persistency?.type).toBe('upstash-redis')
    expect(value.settings).toEqual({
      deepMergeMetadata: true,
      mergeHook: complete().settings.deepMergeMetadata.hook,
      unexpectedEvents: 'reject',
      parking: { limit: 10, timeToLive: 86_400_000 },
      inexactNumbers: 'refuse',
      movedStates: { former: 'created' },
    })
  })

  it('C2.3 a rest channel, all of it and its defaults', async () => {
    const { value } = await accepted(complete())
    const [payments] = value.channels
    expect(payments?.type === 'rest' && payments.configurations).toMatchObject({
      protocol: 'https',
      endpoint: 'payments.internal',
      port: 8443,
      method: 'PUT',
      path: '/commands',
      timeout: 90_000,
    })
    const bare = { protocol: 'http', endpoint: 'a', method: 'POST' }
    const { value: other } = await accepted(edited((f) => (f.communicationProtocols[0].configurations = bare)))
    expect(other.channels[0]?.configurations).toEqual({ ...bare, path: '/', headers: {}, timeout: 60_000 })
  })

  it.each([
    ['none of our keys', { port: 8080, headers: { a: 'b' }, path: '/c', unknown: true }, 60_000],
    ['retry settings', { retry: {} }, 10_000],
    ['attempts', { retry: { attempts: 1 } }, 10_000],
    ['authorities of its own', { protocol: 'https', ssl: { ca: PEM } }, 10_000],
    ['a time-out', { timeout: 'PT5S' }, 5_000],
    ['a time-out beside attempts', { timeout: 'PT2M', retry: { attempts: 20 } }, 120_000],
  ])('C2.5b a rest channel with %s waits as long for an answer', async (_, keys, timeout) => {
    const configurations = { protocol: 'http', endpoint: 'a', method: 'POST', ...keys }
    const { value } = await accepted(edited((f) => (f.communicationProtocols[0].configurations = configurations)))
    expect(value.channels[0]?.configurations).toMatchObject({ timeout })
  })

  it.each([
    ['a list', ['a:1', 'b:2'], ['a:1', 'b:2']],
    ['one text', 'a:1, b:2,', ['a:1', 'b:2']],
    ['a list with commas in it', ['a:1,b:2'], ['a:1', 'b:2']],
    ['a reference', { type: 'file', path: '/secrets/brokers' }, ['a:9092', 'b:9092']],
  ])('C2.2 brokers as %s', async (_, brokers, expected) => {
    const { value } = await accepted(edited((f) => (f.communicationProtocols[1].configurations.brokers = brokers)))
    const kafka = value.channels.find((channel) => channel.type === 'kafka')
    expect(kafka?.configurations.brokers.map((broker) => broker.reveal())).toEqual(expected)
  })

  it('C2.2 C2.5a a kafka channel and its defaults', async () => {
    const { value } = await accepted(
      edited((f) => (f.communicationProtocols[1].configurations = { brokers: 'a:1', outputTopics: ['out'] })),
    )
    expect(value.channels[1]?.configurations).toMatchObject({
      inputTopics: [],
      outputTopics: ['out'],
      authenticationProperties: {},
      fromBeginning: true,
      sessionTimeout: 10_000,
    })
  })

  it('C2.2 a certificate authority may be a list, as KafkaJS takes it', async () => {
    const ssl = { ca: ['one', { type: 'file', path: '/secrets/ca' }] }
    const { value } = await accepted(
      edited((f) => (f.communicationProtocols[1].configurations.authenticationProperties.ssl = ssl)),
    )
    const kafka = value.channels.find((channel) => channel.type === 'kafka')
    const read = kafka?.configurations.authenticationProperties.ssl
    expect(typeof read === 'object' && read.ca?.map((ca) => ca.reveal())).toEqual(['one', 'authority'])
  })

  it.each([
    [{}, { attempts: 20, firstWait: 200, longestWait: 60_000 }],
    [{ attempts: 1 }, { attempts: 1, firstWait: 200, longestWait: 60_000 }],
    [{ firstWait: 'PT2M' }, { attempts: 20, firstWait: 120_000, longestWait: 120_000 }],
    [{ longestWait: 'PT0.1S' }, { attempts: 20, firstWait: 100, longestWait: 100 }],
    [{ giveUpAfter: 'P30D' }, { attempts: 20, firstWait: 200, longestWait: 60_000, giveUpAfter: 2_592_000_000 }],
  ])('C2.5a the retry settings %j', async (retry, expected) => {
    const { value } = await accepted(edited((f) => (f.communicationProtocols[0].configurations.retry = retry)))
    expect(value.channels[0]?.configurations).toHaveProperty('retry', expected)
  })

  it.each([
    [
      'crud',
      { collectionName: 'c' },
      { protocol: 'http', host: 'crud-service', port: 80, collectionName: 'c', headers: {} },
    ],
    [
      'rest',
      { protocol: 'http', endpoint: 'a', method: 'PUT' },
      { protocol: 'http', endpoint: 'a', method: 'PUT', path: '/', headers: {} },
    ],
    ['sqlite', undefined, {}],
    ['sqlite', { path: '/a' }, { path: '/a' }],
    ['memory', undefined, {}],
    ['durable-object', {}, { binding: 'SAGAS' }],
    ['deno-kv', { path: 'kv' }, { path: 'kv' }],
  ])('C2.4 C2.5a the store %s', async (type, configurations, expected) => {
    const { value } = await accepted(edited((f) => (f.persistencyManagement = { type, configurations })))
    expect(value.persistency).toEqual({ type, configurations: expected })
  })

  it.each([
    [{}, 'ignore'],
    [{ throwOnUnexpectedEvents: true }, 'reject'],
    [{ throwOnUnexpectedEvents: true, unexpectedEvents: 'reject' }, 'reject'],
    [{ throwOnUnexpectedEvents: false, unexpectedEvents: 'reject' }, 'reject'],
    [{ unexpectedEvents: 'ignore' }, 'ignore'],
    [{ unexpectedEvents: 'park' }, 'park'],
  ])('C2.5 %j is unexpectedEvents %j', async (settings, unexpectedEvents) => {
    const { value } = await accepted(edited((f) => (f.settings = settings)))
    expect(value.settings).toEqual({ deepMergeMetadata: false, unexpectedEvents, inexactNumbers: 'accept' })
  })

  it('C7 the machine is shown as written, the configuration without its secrets', async () => {
    const file = edited((f) => (f.machineDefinition.states[0].headers = { note: 'mine' }))
    const { value } = await accepted(file)
    expect(value.machineShown).toEqual(file.machineDefinition)
    expect(value.shown).toMatchObject({ machineDefinition: file.machineDefinition })
    expect(value.machine.states[0]).not.toHaveProperty('headers')
  })
})

describe('a file that grows', () => {
  it('C2 the tutorial before its channels', async () => {
    const result = await readConfiguration(fixture('reservation.tutorial-before-channels.saga.json'), SOURCES)
    expect(result).toMatchObject({ ok: true, value: { channels: [], persistency: undefined } })
    expect(result.ok && result.warnings.map(withoutPosition)).toEqual([
      noChannels('an empty array'),
      NO_STORE,
      'machineDefinition.states[0].outputCommand.channel: found nothing, expected the id of a channel; without one "validateReservation" is not sent',
      'machineDefinition.states[1].outputCommand.channel: found nothing, expected the id of a channel; without one "checkReservation" is not sent',
    ])
  })

  it('C2 the tutorial when it is finished: kafka and crud', async () => {
    const result = await readConfiguration(fixture('reservation.kafka-crud.saga.json'), SOURCES)
    expect(result).toMatchObject({ ok: true, value: { persistency: { type: 'crud' } } })
    expect(result.ok && result.warnings.map(withoutPosition)).toEqual([NO_BROKER])
  })

  const steps: readonly (readonly [string, (file: Tree, full: Tree) => void])[] = [
    ['states', (file, full) => (file.states = full.states.map(({ id, isFinal }: Tree) => ({ id, isFinal })))],
    [
      'transitions',
      (file, full) =>
        each(file, full, ({ outgoingTransitions }) => ({ outgoingTransitions: outgoingTransitions?.map(bare) })),
    ],
    [
      'business states',
      (file, full) => (
        (file.businessStates = full.businessStates),
        each(file, full, ({ businessStateId }) => ({ businessStateId }))
      ),
    ],
    [
      'business events',
      (file, full) => (
        (file.businessEvents = full.businessEvents),
        each(file, full, ({ outgoingTransitions }) => ({ outgoingTransitions }))
      ),
    ],
    [
      'commands',
      (file, full) =>
        each(file, full, ({ outputCommand }) => ({ outputCommand: outputCommand && { label: outputCommand.label } })),
    ],
  ]

  const each = (file: Tree, full: Tree, take: (state: Tree) => object): void =>
    full.states.forEach((state: Tree, index: number) => Object.assign(file.states[index], take(state)))
  const bare = ({ inputEvent, targetState }: Tree): Tree => ({ inputEvent, targetState })

  it('C2 every file in between is accepted, up to the whole', async () => {
    const full = JSON.parse(fixture('reservation.kafka-crud.saga.json'))
    for (const [found, emptyChannels] of [
      ['an empty array', []],
      ['an empty object', {}],
      ['nothing', undefined],
    ] as const) {
      const machineDefinition: Tree = { initialState: 'reservationCreated' }
      const file: Tree = { machineDefinition, communicationProtocols: emptyChannels, persistencyManagement: {} }
      for (const [, grow] of steps) {
        grow(machineDefinition, full.machineDefinition)
        const { warnings } = await accepted(file)
        expect(warnings.slice(0, 2)).toEqual([noChannels(found), NO_STORE])
      }
      file.communicationProtocols = full.communicationProtocols
      expect((await accepted(file)).warnings).toContain(NO_STORE)
      file.machineDefinition = full.machineDefinition
      file.persistencyManagement = full.persistencyManagement
      expect((await accepted(file)).warnings).toEqual([NO_BROKER])
    }
  })

  it('C2 the very first file is refused by one problem that says what to write', async () => {
    const problem = expect.stringMatching(/^machineDefinition: found .*, expected .*"initialState".*"states"/)
    expect(await problemsOf({})).toEqual([problem])
    expect(await problemsOf({ machineDefinition: {}, communicationProtocols: [], persistencyManagement: {} })).toEqual([
      problem,
    ])
  })
})

describe('all problems at once', () => {
  it('C1.2 of shape, of reference and of secrets, in every section', async () => {
    const file = edited((f) => {
      f.machineDefinition.states[0].isFinal = 'no'
      f.machineDefinition.states[2].outgoingTransitions = [{ inputEvent: 'a', targetState: 'gone' }, { targetState: 1 }]
      f.communicationProtocols[0].configurations.method = 'GET'
      f.communicationProtocols[1].configurations.consumerGroup = undefined
      f.communicationProtocols[1].configurations.brokers = { type: 'file', path: '/nowhere' }
      f.persistencyManagement.configurations.prefix = 1
      f.settings = { throwOnUnexpectedEvents: true, unexpectedEvents: 'ignore', parking: 1 }
    })
    const paths = (await problemsOf(file)).map((problem) => problem.replace(/: found .*/, ''))
    expect(paths.toSorted()).toEqual([
      'communicationProtocols[0].configurations.method',
      'communicationProtocols[1].configurations.brokers',
      'communicationProtocols[1].configurations.consumerGroup',
      'machineDefinition.states[0].isFinal',
      'machineDefinition.states[2].outgoingTransitions[0].targetState',
      'machineDefinition.states[2].outgoingTransitions[1].inputEvent',
      'machineDefinition.states[2].outgoingTransitions[1].targetState',
      'persistencyManagement.configurations.prefix',
      'settings.parking',
      'settings.unexpectedEvents',
    ])
  })
})

describe('text that is no configuration', () => {
  it.each([
    ['empty', '', 'found an empty text, expected a JSON object'],
    ['blank', ' \n', 'found an empty text, expected a JSON object'],
    ['a list', '[1]', 'found an array, expected an object'],
    ['null', 'null', 'found null, expected an object'],
    ['a number', '3', 'found a number, expected an object'],
    ['a text', '"secret"', 'found a string, expected an object'],
    ['a list 10,000 deep', '['.repeat(10_000) + ']'.repeat(10_000), 'found an array, expected an object'],
    [
      '10,000 deep',
      `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
      'found more than 100 levels of nesting, expected at most 100',
    ],
  ])('C2 %s', async (_, json, problem) => {
    expect(await text(json)).toEqual([`configuration: ${problem}`])
  })

  it.each([
    ['a comma too many', '{\n  "a": [1,]\n}', '2:10', 'a trailing comma'],
    ['a comma too many in an object', '{\n  "a": 1 ,\n\n}', '2:10', 'a trailing comma'],
    ['a line comment', '{\r\n  "a": 1 // one\r\n}', '2:10', 'a comment'],
    ['a block comment', '/* of mine */ {}', '1:1', 'a comment'],
    ['a comment without end', '{ "a": 1 /* one', '1:10', 'a comment'],
    ['a comma too few', '{\n  "a": 1\n  "b": 2}', '3:3', 'no "," after a value'],
    ['two commas', '{"a": 1,, "b": 2}', '1:9', 'no key in double quotes'],
    ['no end', '{"a": [1', '1:9', 'a list without "]"'],
    ['another end', '{"a": [1}', '1:9', 'no "," after a value'],
    ['no value', '{"a": }', '1:7', 'no value'],
    ['no colon', '{"a" 1}', '1:6', 'no ":" after a key'],
    ['a word', '{"a": word}', '1:7', 'a word that is not valid JSON'],
    ['a key without quotes', '{a: 1}', '1:2', 'a word that is not valid JSON'],
    ['a string without end', '{"a": "b', '1:7', 'a string without its closing quote'],
    ['a line break in a string', '{"a": "b\nc"}', '1:7', 'a string without its closing quote'],
    ['a tab in a string', '{"a": "b\tc"}', '1:7', 'a control character in a string'],
    [
      'an escape that is none',
      String.raw`{"a": "\x"}`,
      '1:7',
      String.raw`a "\" before a character that cannot be escaped`,
    ],
    ['a tail', '{}\n}', '2:1', 'more text after the end of the object'],
    ['a second object', '{}\r{}', '2:1', 'more text after the end of the object'],
    ['a number of another language', '{"a": 0x10}', '1:8', 'a word that is not valid JSON'],
    ['a blank that is none', '{"a":\u00a01}', '1:6', 'a word that is not valid JSON'],
  ])('C2 %s is named, with its position', async (_, json, place, found) => {
    const result = await readConfiguration(json, SOURCES)
    const [problem] = result.ok ? [] : result.problems.map(describeProblem)
    expect(problem).toMatch(
      /expected (?:a JSON object|JSON, which has no trailing commas|JSON, which has no comments)$/,
    )
    expect(problem).toContain(`configuration (${place}): found ${found}, `)
  })

  it('C2.6 a syntax error quotes nothing of the text', async () => {
    for (const json of ['{"token": hunter2}', '{"password": "hunter2" hunter2}', 'hunter2', '"hunter2" "hunter2"']) {
      expect((await text(json)).join()).not.toContain('unter2')
    }
  })

  it('C2 a byte order mark is accepted', async () => {
    expect(await text(`\uFEFF${JSON.stringify(complete())}`)).toEqual([])
  })

  it('C2 a broken text of megabytes is answered at once', async () => {
    const problems = await text(`{"a": "${'x\\n'.repeat(2_000_000)}", "b": "${'y'.repeat(2_000_000)}`)
    expect(problems).toHaveLength(1)
  })

  it('C2 a key named __proto__ does no harm', async () => {
    const json = JSON.stringify(complete()).replace('{', '{"__proto__":{"settings":1,"polluted":true},')
    const result = await readConfiguration(json, SOURCES)
    expect(result.ok && result.warnings.map(withoutPosition)).toEqual([
      expect.stringMatching(/^__proto__: found an unknown key/),
    ])
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect(result.ok && result.value.settings.unexpectedEvents).toBe('reject')
    const inHeaders = await readConfiguration(
      JSON.stringify(complete()).replace('"headers":{', '"headers":{"__proto__":{"type":"env","name":"PAYMENTS"},'),
      SOURCES,
    )
    const path = 'communicationProtocols[0].configurations.headers.__proto__'
    expect(inHeaders).toMatchObject({ ok: false, problems: [{ path, found: 'an object' }] })
  })
})
