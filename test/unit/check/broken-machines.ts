import { readFileSync } from 'node:fs'
import type { Tree } from '../config/files.ts'
import { payment } from './good-machines.ts'

/** One mistake in a good machine. */
export interface Plant {
  readonly mistake: string
  readonly file: () => Tree
  readonly plant: (file: Tree) => void
  /** The code with which the mistake is reported. */
  readonly code: string
  /** A part of the text, with ¦ at the reported position; it occurs once in the text. Blanks between tokens do not matter. */
  readonly at: string
}

export function tutorial(): Tree {
  const text = readFileSync(new URL('../../fixtures/reservation.kafka-crud.saga.json', import.meta.url), 'utf8')
  const file = JSON.parse(text)
  const { configurations } = file.communicationProtocols[0]
  const secret = (name: string) => ({ type: 'env', name })
  configurations.brokers = ['kafka:9092']
  configurations.inputTopics = ['events']
  configurations.outputTopics = ['commands']
  configurations.consumerGroup = 'reservations'
  Object.assign(configurations.authenticationProperties.sasl, { username: 'me', password: secret('PASSWORD') })
  file.persistencyManagement.configurations.collectionName = 'sagas'
  return file
}

const states = (file: Tree): Tree[] => file.machineDefinition.states
const stateIn = (file: Tree, id: string): Tree => states(file).find((one) => one.id === id)
const lead = (file: Tree, from: string, event: string, to: string): void => {
  const transitions = stateIn(file, from).outgoingTransitions
  const transition = transitions.find((one: Tree) => one.inputEvent === event)
  if (transition === undefined) transitions.push({ inputEvent: event, targetState: to })
  else transition.targetState = to
}
const drop = (file: Tree, id: string, key: string): void => void delete stateIn(file, id)[key]
const channel = (file: Tree): Tree => file.communicationProtocols[0]

type Row = readonly [mistake: string, code: string, plant: (file: Tree) => void, at: string]

const IN_PAYMENT: readonly Row[] = [
  [
    'a target that does not exist',
    'state.unknown',
    (file) => lead(file, 'shipping', 'shipKO', 'refundin'),
    '"targetState": ¦"refundin"',
  ],
  [
    'an initial state that does not exist',
    'state.unknown',
    (file) => (file.machineDefinition.initialState = 'create'),
    '"initialState": ¦"create"',
  ],
  [
    'a state twice',
    'state.repeated',
    (file) => states(file).push({ id: 'charging', isFinal: true }),
    '"id": ¦"charging", "isFinal": true',
  ],
  [
    'an event twice in one state',
    'event.repeated',
    (file) => stateIn(file, 'charging').outgoingTransitions.push({ inputEvent: 'charged', targetState: 'failed' }),
    '"inputEvent": ¦"charged", "targetState": "failed"',
  ],
  [
    'a channel that does not exist',
    'channel.unknown',
    (file) => (stateIn(file, 'shipping').outputCommand.channel = 'service'),
    '"channel": ¦"service"',
  ],
  [
    'a channel twice',
    'channel.repeated',
    (file) => file.communicationProtocols.push(structuredClone(channel(file))),
    '}, { "id": ¦"services"',
  ],
  [
    'a business state that does not exist',
    'business-state.unknown',
    (file) => (stateIn(file, 'failed').businessStateId = 'fail'),
    '"businessStateId": ¦"fail"',
  ],
  [
    'a state that nothing leads to',
    'state.unreachable',
    (file) => {
      states(file).push({ id: 'audit', isFinal: true, businessStateId: 'done' })
    },
    '"id": ¦"audit"',
  ],
  [
    'states that only lead to one another',
    'state.unreachable',
    (file) => {
      const audited = { id: 'audited', isFinal: false, businessStateId: 'open' }
      states(file).push({
        ...audited,
        id: 'auditing',
        outgoingTransitions: [{ inputEvent: 'a', targetState: 'audited' }],
      })
      states(file).push({ ...audited, outgoingTransitions: [{ inputEvent: 'b', targetState: 'auditing' }] })
    },
    '"id": ¦"auditing"',
  ],
  [
    'a chain of states whose first lost its transition',
    'state.unreachable',
    (file) => lead(file, 'confirming', 'confirmKO', 'refunding'),
    '"id": ¦"returning"',
  ],
  [
    'a state with a command and no transition',
    'state.dead-end',
    (file) => drop(file, 'releasing', 'outgoingTransitions'),
    '"id": ¦"releasing"',
  ],
  [
    'a state with neither command nor transition',
    'state.inert',
    (file) => {
      drop(file, 'releasing', 'outgoingTransitions')
      drop(file, 'releasing', 'outputCommand')
    },
    '"id": ¦"releasing"',
  ],
  [
    'a final state that is not marked as one',
    'state.inert',
    (file) => {
      stateIn(file, 'failed').isFinal = false
      drop(file, 'failed', 'sideEffects')
    },
    '"id": ¦"failed", "isFinal": false',
  ],
  [
    'two states in a loop without exit',
    'loop.endless',
    (file) => lead(file, 'releasing', 'released', 'refunding'),
    '"id": ¦"refunding"',
  ],
  [
    'a state that only leads to itself',
    'loop.endless',
    (file) => lead(file, 'releasing', 'released', 'releasing'),
    '"id": ¦"releasing"',
  ],
  [
    'no final state',
    'final.missing',
    (file) => {
      stateIn(file, 'done').isFinal = false
      stateIn(file, 'failed').isFinal = false
    },
    '"states": ¦[',
  ],
  [
    'a final state as the first one',
    'initial.final',
    (file) => {
      file.machineDefinition.initialState = 'done'
    },
    '"initialState": ¦"done"',
  ],
  [
    'a command without channel',
    'command.unaddressed',
    (file) => delete stateIn(file, 'charging').outputCommand.channel,
    '"outputCommand": ¦{ "label": "charge" }',
  ],
  [
    'a channel that no command names',
    'channel.unused',
    (file) => file.communicationProtocols.push({ ...structuredClone(channel(file)), id: 'mails' }),
    '"id": ¦"mails"',
  ],
  [
    'the last step of a compensation left out',
    'compensation.missing',
    (file) => lead(file, 'refunding', 'refunded', 'failed'),
    '"inputEvent": "refunded", "targetState": ¦"failed"',
  ],
  [
    'a failure of a middle step that skips its compensation',
    'compensation.missing',
    (file) => lead(file, 'charging', 'chargeKO', 'failed'),
    '"inputEvent": "chargeKO", "targetState": ¦"failed"',
  ],
  [
    'a failure of a later step that skips all compensation',
    'compensation.missing',
    (file) => lead(file, 'shipping', 'shipKO', 'failed'),
    '"inputEvent": "shipKO", "targetState": ¦"failed"',
  ],
  [
    'a failure of the last step that skips the compensation next to it',
    'compensation.missing',
    (file) => lead(file, 'shipping', 'shipKO', 'releasing'),
    '"inputEvent": "shipKO", "targetState": ¦"releasing"',
  ],
  [
    'an event that decides for success in one state, for failure in another',
    'event.contradictory',
    (file) => lead(file, 'confirming', 'invalid', 'done'),
    '"inputEvent": "invalid", "targetState": ¦"done"',
  ],
  [
    'a final state without business state',
    'business-state.missing',
    (file) => drop(file, 'done', 'businessStateId'),
    '¦{ "id": "done", "isFinal"',
  ],
  [
    'a state on the way without business state',
    'business-state.missing',
    (file) => drop(file, 'charging', 'businessStateId'),
    '¦{ "id": "charging"',
  ],
  [
    'the business state of success before the last step',
    'business-state.premature',
    (file) => (stateIn(file, 'confirming').businessStateId = 'done'),
    '"id": "confirming", "isFinal": false, "businessStateId": ¦"done"',
  ],
  [
    'a way back from the business state of an end',
    'business-state.premature',
    (file) => (stateIn(file, 'returning').businessStateId = 'failed'),
    '"id": "returning", "isFinal": false, "businessStateId": ¦"failed"',
  ],
  [
    'a business state that no state has',
    'business-state.unused',
    (file) => file.machineDefinition.businessStates.push({ id: 'lost' }),
    '"id": ¦"lost"',
  ],
  [
    'an event that is the creation',
    'creation-event.awaited',
    (file) => {
      stateIn(file, 'created').outgoingTransitions[0].inputEvent = '__created__'
    },
    '"inputEvent": ¦"__created__"',
  ],
  [
    'a misspelt key of a state',
    'key.misspelt',
    (file) => {
      const failed = stateIn(file, 'failed')
      failed.sideEffect = failed.sideEffects
      delete failed.sideEffects
    },
    '¦"sideEffect":',
  ],
  [
    'a misspelt key that is there, too',
    'key.unknown',
    (file) => (file.machineDefinition.initalState = 'created'),
    '¦"initalState":',
  ],
  ['a flag as a text', 'value.invalid', (file) => (stateIn(file, 'done').isFinal = 'true'), '"isFinal": ¦"true"'],
  [
    'a state without isFinal',
    'value.missing',
    (file) => drop(file, 'done', 'isFinal'),
    '¦{ "id": "done", "businessStateId"',
  ],
  [
    'an endpoint that is a URL',
    'value.invalid',
    (file) => (channel(file).configurations.endpoint = 'http://services'),
    '"endpoint": ¦"http://services"',
  ],
  [
    'a token in plain text',
    'secret.plain',
    (file) => (channel(file).configurations.headers = { authorization: 'Bearer abc' }),
    '"authorization": ¦"Bearer abc"',
  ],
  [
    'a token in the query of a path',
    'secret.plain',
    (file) => (channel(file).configurations.path = '/commands?apikey=4f3a'),
    '"path": ¦"/commands?apikey',
  ],
  [
    'an event in other letters',
    'name.similar',
    (file) => stateIn(file, 'refunding').outgoingTransitions.push({ inputEvent: 'shipko', targetState: 'releasing' }),
    '"inputEvent": ¦"shipko"',
  ],
  [
    'a command in other letters',
    'name.similar',
    (file) => (stateIn(file, 'failed').sideEffects[0].label = 'Release'),
    '"label": ¦"Release"',
  ],
  [
    'a header that is not sent',
    'header.ignored',
    (file) => (channel(file).configurations.headers = { traceparent: '00' }),
    '"traceparent": ¦"00"',
  ],
  ['a port that Deno blocks', 'port.blocked', (file) => (channel(file).configurations.port = 6_000), '"port": ¦6000'],
  [
    'a store of no known type',
    'store.unknown',
    (file) => (file.persistencyManagement.type = 'postgres'),
    '"type": ¦"postgres"',
  ],
  [
    'a password in the address of a store',
    'secret.plain',
    (file) =>
      (file.persistencyManagement = {
        type: 'mongo',
        configurations: { connectionUri: 'mongodb://me:secret@host/db', collectionName: 'sagas' },
      }),
    '"connectionUri": ¦"mongodb',
  ],
  ['no store', 'store.missing', (file) => (file.persistencyManagement = {}), '"persistencyManagement": ¦{}'],
]

const IN_TUTORIAL: readonly Row[] = [
  [
    'a broker written as a URL',
    'broker.malformed',
    (file) => channel(file).configurations.brokers.push('http://kafka:9092'),
    '¦"http://kafka:9092"',
  ],
  [
    'an event of an earlier state that leads elsewhere',
    'event.contradictory',
    (file) => lead(file, 'reservationValidated', 'validationKO', 'reservationConfirmed'),
    '"targetState": ¦"reservationConfirmed" } ]',
  ],
  [
    'a business state of the end on the way',
    'business-state.premature',
    (file) => (stateIn(file, 'reservationValidated').businessStateId = 1),
    '"businessStateId": ¦1, "outgoingTransitions"',
  ],
  [
    'a business event that does not exist',
    'business-event.unknown',
    (file) => (stateIn(file, 'reservationCreated').outgoingTransitions[1].businessEventId = 7),
    '"businessEventId": ¦7',
  ],
  [
    'a password in plain text',
    'secret.plain',
    (file) => (channel(file).configurations.authenticationProperties.sasl.password = 'hunter2'),
    '"password": ¦"hunter2"',
  ],
  [
    'output topics that no command goes to',
    'channel.unused',
    (file) => file.communicationProtocols.push({ ...structuredClone(channel(file)), id: 'audit' }),
    '"id": "audit", "type": "kafka", "configurations": { "brokers": [ "kafka:9092" ], "inputTopics": [ "events" ], "outputTopics": ¦[',
  ],
  [
    'commands to the topic of the events',
    'topic.echoed',
    (file) => channel(file).configurations.outputTopics.push('events'),
    '"commands", ¦"events"',
  ],
  [
    'a command to a channel that only receives',
    'channel.receives-only',
    (file) => {
      delete channel(file).configurations.outputTopics
      drop(file, 'reservationValidated', 'outputCommand')
    },
    '"channel": ¦"kafkaChannel"',
  ],
  [
    'dead letters that come in again',
    'value.invalid',
    (file) => (channel(file).configurations.deadLetterTopic = 'events'),
    '"deadLetterTopic": ¦"events"',
  ],
  [
    'no consumer group',
    'value.missing',
    (file) => delete channel(file).configurations.consumerGroup,
    '"configurations": ¦{ "brokers"',
  ],
]

const plantsOf = (file: () => Tree, rows: readonly Row[]): readonly Plant[] =>
  rows.map(([mistake, code, plant, at]) => ({ mistake, file, plant, code, at }))

export const PLANTS: readonly Plant[] = [...plantsOf(payment, IN_PAYMENT), ...plantsOf(tutorial, IN_TUTORIAL)]

/** Line and column of the mark in a text, found without the help of the product. */
export function markedPosition(text: string, at: string): { readonly line: number; readonly column: number } {
  const [before = '', after = ''] = at.split('¦').map(patternOf)
  const matches = [...text.matchAll(new RegExp(`(${before})${after}`, 'g'))]
  if (matches.length !== 1) throw new Error(`look for ${at}: found it ${matches.length} times, expected it once`)
  const lines = text.slice(0, (matches[0]?.index ?? 0) + (matches[0]?.[1]?.length ?? 0)).split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}

function patternOf(part: string): string {
  return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll(/\s+/g, String.raw`\s*`)
}
