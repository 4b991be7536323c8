import type { FindingCode } from '../../src/config/finding.ts'
import type { ProblemCode } from '../../src/config/problem-codes.ts'

/**
 * An example of a code: values that are written into a small file, by their paths (`undefined` takes the key away), a text in place
 * of the file, environment variables, or a sentence where only a running host finds it.
 */
export type Example =
  | { readonly set: Readonly<Record<string, unknown>> }
  | { readonly text: string }
  | { readonly variables: Readonly<Record<string, string>> }
  | { readonly situation: string }

const STATES = 'machineDefinition.states'
const REST = 'communicationProtocols[0].configurations'
const SECOND = 'communicationProtocols[1]'
const SCHEMA = `${STATES}[0].outgoingTransitions[0].payloadValidationSchema`

const kafka = (configurations: object) => ({
  id: 'events',
  type: 'kafka',
  configurations: { brokers: ['kafka:9092'], inputTopics: ['events'], consumerGroup: 'orders', ...configurations },
})
const rest = (id: string) => ({
  id,
  type: 'rest',
  configurations: { protocol: 'http', endpoint: 'mails', method: 'POST' },
})

/** One example for each code of the tables, which write into `exampleFile`. `npm run docs:findings` fails where a code has none. */
export const EXAMPLES: Readonly<Partial<Record<ProblemCode | FindingCode, Example>>> = {
  'binding.missing': { situation: 'A Worker whose wrangler.toml has no binding named SAGAS.' },
  'broker.malformed': { set: { [SECOND]: kafka({ brokers: ['http://kafka:9092', 'kafka:9092'] }) } },
  'business-event.unknown': { set: { [`${STATES}[2].outgoingTransitions[0].businessEventId`]: 'shipped' } },
  'business-state.missing': { set: { [`${STATES}[5].businessStateId`]: undefined } },
  'business-state.premature': { set: { [`${STATES}[2].businessStateId`]: 'shipped' } },
  'business-state.unknown': { set: { [`${STATES}[5].businessStateId`]: 'ship' } },
  'business-state.unused': { set: { 'machineDefinition.businessStates[3]': { id: 'returned' } } },
  'business.repeated': { set: { 'machineDefinition.businessStates[3]': { id: 'failed', description: 'Lost' } } },
  'channel.not-carried': { situation: 'A channel of type kafka, and npm start, whose worker carries rest only.' },
  'channel.receives-only': { set: { [SECOND]: kafka({}), [`${STATES}[2].outputCommand.channel`]: 'events' } },
  'channel.repeated': { set: { [SECOND]: rest('services') } },
  'channel.unknown': { set: { [`${STATES}[2].outputCommand.channel`]: 'service' } },
  'channel.unused': { set: { [SECOND]: rest('mails') } },
  'channels.missing': {
    text: '{ "machineDefinition": { "initialState": "a", "states": [] }, "communicationProtocols": [] }',
  },
  'command.unaddressed': { set: { [`${STATES}[2].outputCommand`]: { label: 'ship' } } },
  'compensation.missing': { set: { [`${STATES}[1].outgoingTransitions[1].targetState`]: 'failed' } },
  'creation-event.awaited': {
    set: {
      'machineDefinition.creationEvent': 'created',
      [`${STATES}[0].outgoingTransitions[0].inputEvent`]: 'created',
    },
  },
  'dead-letters.cycle': {
    set: {
      [SECOND]: kafka({ deadLetterTopic: 'events.second' }),
      'communicationProtocols[2]': {
        ...kafka({ inputTopics: ['events.second'], deadLetterTopic: 'events' }),
        id: 'second',
      },
    },
  },
  'event.contradictory': {
    set: { [`${STATES}[2].outgoingTransitions[2]`]: { inputEvent: 'soldOut', targetState: 'done' } },
  },
  'event.repeated': { set: { [`${STATES}[2].outgoingTransitions[2]`]: { inputEvent: 'lost', targetState: 'failed' } } },
  'feature.later': { set: { settings: { signing: { secrets: ['whsec_c2VjcmV0'] } } } },
  'file.unreadable': { situation: 'CONFIGURATIONS_FILE_PATH=saga.json, and no such file.' },
  'final.missing': { set: { [`${STATES}[5].isFinal`]: false, [`${STATES}[6].isFinal`]: false } },
  'final.transitions': {
    set: { [`${STATES}[6].outgoingTransitions`]: [{ inputEvent: 'reported', targetState: 'failed' }] },
  },
  'format.unknown': { set: { [SCHEMA]: { properties: { mail: { format: 'e-mail' } } } } },
  'header.ignored': { set: { [`${REST}.headers`]: { 'idempotency-key': 'orders' } } },
  'header.invalid': { set: { [`${REST}.headers`]: { 'x key': '1' } } },
  'header.refused': { set: { [`${REST}.headers`]: { host: 'services' } } },
  'header.repeated': { set: { [`${REST}.headers`]: { 'X-Key': '1', 'x-key': '2' } } },
  'hook.invalid': { situation: 'A hook with "content": "export default ({ saga }) => ({ payload: saga. })".' },
  'hook.not-carried': {
    situation: 'npx wrangler deploy of a saga.json with hooks that npx batuta hooks has not compiled.',
  },
  'hook.unused': {
    set: {
      settings: {
        deepMergeMetadata: { enabled: false, hook: { type: 'file', content: 'export default () => undefined' } },
      },
    },
  },
  'initial.final': { set: { 'machineDefinition.initialState': 'done' } },
  'json.no-object': { text: '[]' },
  'json.syntax': { text: '{ "machineDefinition": {}, }' },
  'key.misspelt': { set: { [`${REST}.endpoint`]: undefined, [`${REST}.endPoint`]: 'services' } },
  'key.repeated': {
    text: '{ "machineDefinition": { "initialState": "a", "states": [{ "id": "b", "id": "a", "isFinal": true }] } }',
  },
  'key.unknown': { set: { [`${STATES}[2].position`]: { x: 1, y: 2 } } },
  'keyword.unknown': { set: { [SCHEMA]: { properties: { mail: { maxLenght: 80 } } } } },
  'loop.endless': { set: { [`${STATES}[4].outgoingTransitions[0].targetState`]: 'refunding' } },
  'name.similar': { set: { [`${STATES}[3].outgoingTransitions[0].inputEvent`]: 'Shipped' } },
  'pattern.backtracks': { set: { [SCHEMA]: { properties: { mail: { pattern: '^(\\w+\\.?)+@' } } } } },
  'payload-schema.invalid': { set: { [SCHEMA]: { properties: { mail: { type: 'text' } } } } },
  'port.blocked': { set: { [`${REST}.port`]: 6_000 } },
  'port.unreachable': { situation: '"port": 6000 at a REST channel, and the service on Deno.' },
  'moved-state.exists': { set: { settings: { movedStates: { reserving: 'done' } } } },
  'retention.unsupported': { situation: '"settings": { "retention": { "final": "P30D" } } with the store crud.' },
  'retry.unstated': { set: { [`${REST}.retry`]: undefined } },
  'secret.plain': { set: { [`${REST}.headers`]: { authorization: 'Bearer 4f3a' } } },
  'secret.unresolved': { set: { [`${REST}.headers`]: { authorization: { type: 'env', name: 'ORDERS_KEY' } } } },
  'settings.contradiction': { set: { settings: { throwOnUnexpectedEvents: true, unexpectedEvents: 'ignore' } } },
  'ssl.unsupported': { situation: 'ssl at a REST channel, and the service on workerd.' },
  'ssl.without-https': { set: { [`${REST}.ssl`]: { ca: { type: 'file', path: '/run/ca.pem' } } } },
  'start.option': { situation: 'npm run start:workerd -- --no-objects with a store that needs Durable Objects.' },
  'state.dead-end': { set: { [`${STATES}[4].outgoingTransitions`]: [] } },
  'state.inert': { set: { [`${STATES}[6].isFinal`]: false } },
  'state.repeated': { set: { [`${STATES}[7]`]: { id: 'done', isFinal: true } } },
  'state.unknown': { set: { [`${STATES}[2].outgoingTransitions[1].targetState`]: 'refund' } },
  'state.unreachable': { set: { [`${STATES}[7]`]: { id: 'returned', isFinal: true, businessStateId: 'failed' } } },
  'store.malformed': {
    set: { persistencyManagement: { type: 'redis', configurations: { url: 'http://redis:6379' } } },
  },
  'store.missing': { set: { persistencyManagement: {} } },
  'store.not-carried': { situation: '"type": "sqlite" on workerd, which keeps sagas in Durable Objects.' },
  'store.unknown': { set: { 'persistencyManagement.type': 'postgres' } },
  'text.damaged': { set: { [`${STATES}[2].description`]: 'Versand l\uFFFDuft' } },
  'text.encoding': { situation: 'A file that an editor saved as Latin-1 or UTF-16.' },
  'timeout.event': { set: { [`${STATES}[2].timeout`]: { after: 'PT1H', event: 'losst' } } },
  'timeout.final': { set: { [`${STATES}[6].timeout`]: { after: 'PT1H', event: 'reported' } } },
  'timeout.idle': { set: { [`${STATES}[2].timeout`]: { after: 'PT1H' } } },
  'timeout.refused': {
    set: {
      [`${STATES}[2].timeout`]: { after: 'PT1H', event: 'lost' },
      [`${STATES}[2].outgoingTransitions[1].payloadValidationSchema`]: { required: ['why'] },
    },
  },
  'timeout.unsupported': { situation: 'A timeout, and "type": "rest" as the store.' },
  'topic.echoed': {
    set: { [SECOND]: kafka({ outputTopics: ['events'] }), [`${STATES}[2].outputCommand.channel`]: 'events' },
  },
  'value.invalid': { set: { [`${REST}.endpoint`]: 'http://services' } },
  'value.missing': { set: { [`${STATES}[5].isFinal`]: undefined } },
  'variable.header': { variables: { ADDITIONAL_HEADERS_TO_PROXY: 'x-tenant,host' } },
  'variable.ignored': { variables: { WAIT_BEFORE_SERVER_CLOSE_SEC: 'soon' } },
  'variable.invalid': { variables: { HTTP_PORT: 'x' } },
  'variable.missing': { variables: {} },
  'variable.unknown': { variables: { HTTP_POR: '8080' } },
}
