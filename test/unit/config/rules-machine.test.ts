import { describe, expect, test } from 'vitest'
import { A_SOURCE, A_TEXT, brokenRules } from './broken.ts'
import { problemsOf, withValue } from './files.ts'

const A_STRING = 'a string'
const WHOLE = 'a string without NUL (\\u0000) and without half a surrogate pair (\\uD800 to \\uDFFF)'
const A_FLAG = 'true or false'
const AN_OBJECT = 'an object'
const A_BUSINESS_ID = 'a string or a number'
const A_MACHINE = 'an object, to begin with { "initialState": <id of a state>, "states": [{ "id": …, "isFinal": … }] }'
const OTHER_EVENT = 'an event that no other transition of the state has'
const AN_ENCODED = 'a text in UTF-8; with "encoding": "base64", the base64 of one'

const A_SCHEMA = 'a JSON Schema: an object, true or false'

brokenRules('machineDefinition', [
  ['C2 no machine', '', undefined, 'nothing', A_MACHINE],
  ['C2 an empty machine', '', {}, 'an empty object', A_MACHINE],
  ['C2 a machine that is a list', '', [], 'an empty array', A_MACHINE],
  ['C2 a machine that is a text', '', 'machine', '"machine"', A_MACHINE],
  ['C2.1 no initial state', '.initialState', undefined, 'nothing', A_TEXT],
  ['C2.1 an initial state that does not exist', '.initialState', 'x', '"x"', 'the id of a state'],
  ['C2.1 a creation event that is no text', '.creationEvent', 1, '1', A_TEXT],
  ['C2.1 no states', '.states', undefined, 'nothing', 'an array of states'],
  ['C2.1 states that are no list', '.states', { id: 'created' }, 'an object', 'an array of states'],
  ['C2.1 business states that are no list', '.businessStates', 1, '1', 'an array of business states'],
  ['C2.1 business events that are no list', '.businessEvents', {}, 'an empty object', 'an array of business events'],
])

brokenRules('machineDefinition.states', [
  ['C2.1 a state that is a list', '[3]', [], 'an empty array', AN_OBJECT],
  ['C2.1 a state that is null', '[3]', null, 'null', AN_OBJECT],
  ['C2.1 no id', '[3].id', undefined, 'nothing', A_TEXT],
  ['C2.1 an empty id', '[3].id', '', 'an empty string', A_TEXT],
  ['C2.1 an id that is a number', '[3].id', 4, '4', A_TEXT],
  ['P7 an id with NUL', '[3].id', 'a\u0000b', '"a\\u0000b"', WHOLE],
  ['P7 an id with half a surrogate pair', '[3].id', 'a\uD800', '"a\\ud800"', WHOLE],
  ['C2.1 an id twice', '[3].id', 'failed', '"failed"', 'an id that no other state has'],
  ['C2.1 no isFinal', '[0].isFinal', undefined, 'nothing', A_FLAG],
  ['C2.1 isFinal as a text', '[0].isFinal', 'true', '"true"', A_FLAG],
  ['C2.1 a description that is no text', '[0].description', 3, '3', A_STRING],
  ['C2.1 a business state unknown', '[0].businessStateId', 7, '7', 'the id of a business state'],
  [
    'C2.1 a business state misspelt',
    '[0].businessStateId',
    'spar',
    '"spar"',
    'the id of a business state (perhaps "spare")',
  ],
  ['C2.1 a business state that is no id', '[0].businessStateId', true, 'true', A_BUSINESS_ID],
])

const A_STAY =
  'an ISO 8601 duration of weeks, days, hours, minutes and seconds, above zero, at most a century, such as "PT15M"'
const A_COUNT = 'a whole number, 0 to 1000'
const LISTED = 'an event that the state lists (perhaps "refused")'
const EFFECT = '"event", or "resend" above 0: this one has no effect'
const TIMEOUT = { after: 'PT1M', event: 'refused' }

describe('one rule of a timeout broken, one problem', () => {
  test.each([
    ['C2.5a a timeout that is a text', 'PT1M', '', '"PT1M"', AN_OBJECT],
    ['C2.5a a timeout that is a list', [], '', 'an empty array', AN_OBJECT],
    ['C2.5a no duration', { event: 'refused' }, '.after', 'nothing', A_STAY],
    ['C2.5a a duration in months', { ...TIMEOUT, after: 'P1M' }, '.after', '"P1M"', A_STAY],
    ['C2.5a a duration of zero', { ...TIMEOUT, after: 'PT0S' }, '.after', '"PT0S"', A_STAY],
    ['C2.5a a negative duration', { ...TIMEOUT, after: '-PT1M' }, '.after', '"-PT1M"', A_STAY],
    ['C2.5a a duration in words', { ...TIMEOUT, after: '15 minutes' }, '.after', '"15 minutes"', A_STAY],
    ['C2.5a a duration as a number', { ...TIMEOUT, after: 900 }, '.after', '900', A_STAY],
    ['C2.5a two centuries', { ...TIMEOUT, after: 'P73050D' }, '.after', '"P73050D"', A_STAY],
    ['C2.5a half a resend', { ...TIMEOUT, resend: 0.5 }, '.resend', '0.5', A_COUNT],
    ['C2.5a fewer than no resends', { ...TIMEOUT, resend: -1 }, '.resend', '-1', A_COUNT],
    ['C2.5a endless resends', { ...TIMEOUT, resend: 1_001 }, '.resend', '1001', A_COUNT],
    ['C2.5a resends as a text', { ...TIMEOUT, resend: '2' }, '.resend', '"2"', A_COUNT],
    ['C2.5a an event that is no text', { ...TIMEOUT, event: 1 }, '.event', '1', A_TEXT],
    ['P18 an event that is not listed', { ...TIMEOUT, event: 'refuse' }, '.event', '"refuse"', LISTED],
    ['P18 no effect', { after: 'PT1M', resend: 0 }, '', 'an object', EFFECT],
  ])('%s', async (_, timeout, at, found, expected) => {
    const path = 'machineDefinition.states[0].timeout'
    expect(await problemsOf(withValue(path, timeout))).toEqual([`${path}${at}: found ${found}, expected ${expected}`])
  })

  test('P18 a final state has none', async () => {
    const path = 'machineDefinition.states[1].timeout'
    expect(await problemsOf(withValue(path, TIMEOUT))).toEqual([
      `${path}: found an object, expected none: a final state waits for nothing`,
    ])
  })

  test('P18 a resend needs a command, and an event a schema that accepts an empty payload', async () => {
    const file = withValue('machineDefinition.states[0].outputCommand', undefined)
    const [state] = file.machineDefinition.states
    state.timeout = { ...TIMEOUT, resend: 2 }
    state.outgoingTransitions[1].payloadValidationSchema = { required: ['why'] }
    expect(await problemsOf(file)).toEqual([
      'machineDefinition.states[0].timeout.resend: found 2, expected 0, or an "outputCommand" of the state that can be sent again',
      expect.stringContaining(
        '.timeout.event: found "refused", expected an event whose schema accepts an empty payload: ',
      ),
    ])
  })

  test('C2.5a P18 a timeout is kept, and its unknown keys are findings', async () => {
    const timeout = { after: 'PT15M', resend: 2, event: 'refused' }
    expect(await problemsOf(withValue('machineDefinition.states[0].timeout', timeout))).toEqual([])
    const misspelt = { after: 'PT15M', resends: 2, event: 'refused' }
    const [problem] = await problemsOf(withValue('machineDefinition.states[0].timeout', misspelt))
    expect(problem).toContain('resend')
  })
})

brokenRules('machineDefinition.states[0].outputCommand', [
  ['C2.1 a command that is a text', '', 'pay', '"pay"', AN_OBJECT],
  ['C2.1 a command without label', '.label', undefined, 'nothing', A_TEXT],
  ['C2.1 an empty channel', '.channel', '', 'an empty string', A_TEXT],
  ['C2.1 a channel unknown', '.channel', 'nowhere', '"nowhere"', 'the id of a channel'],
  ['C2.1 a channel misspelt', '.channel', 'payment', '"payment"', 'the id of a channel (perhaps "payments")'],
  ['C2.7 a command hook as a text', '.hook', 'export default 1', '"export default 1"', AN_OBJECT],
  ['C2.7 a hook without content', '.hook.content', undefined, 'nothing', A_SOURCE],
  ['C2.7 an empty hook', '.hook.content', '', 'an empty string', A_SOURCE],
  ['C2.7 a hook of another type', '.hook.type', 'code', '"code"', '"file"'],
  ['C2.7 an encoding that does not exist', '.hook.encoding', 'hex', '"hex"', '"plain" or "base64"'],
  ['C2.7 half a surrogate pair', '.hook.content', '\uD800', '"\\ud800"', AN_ENCODED],
])

brokenRules('machineDefinition.states[0].sideEffects', [
  ['C2.1 side effects that are no list', '', {}, 'an empty object', 'an array of commands'],
  ['C2.1 a side effect without label', '[0].label', undefined, 'nothing', A_TEXT],
  ['C2.1 a channel of a side effect unknown', '[0].channel', 'nowhere', '"nowhere"', 'the id of a channel'],
  ['C2.7 a hook of a side effect', '[0].hook.content', 1, '1', A_SOURCE],
  ['C2.7 a content that is no base64', '[0].hook.content', 'export default', '"export default"', AN_ENCODED],
  ['C2.7 base64 of no UTF-8', '[0].hook.content', '/w==', '"/w=="', AN_ENCODED],
])

brokenRules('machineDefinition.states[0].outgoingTransitions', [
  ['C2.1 transitions that are no list', '', 1, '1', 'an array of transitions'],
  ['C2.1 no event', '[0].inputEvent', undefined, 'nothing', A_TEXT],
  ['C2.1 an event twice', '[1].inputEvent', 'paid', '"paid"', OTHER_EVENT],
  ['C2.1 no target', '[1].targetState', undefined, 'nothing', A_TEXT],
  ['C2.1 a target of the wrong type, reported once', '[1].targetState', 7, '7', A_TEXT],
  ['C2.1 a target that does not exist', '[0].targetState', 'dnoe', '"dnoe"', 'the id of a state (perhaps "done")'],
  [
    'C2.1 a target named as what every object has',
    '[0].targetState',
    'constructor',
    '"constructor"',
    'the id of a state',
  ],
  ['C2.1 a business event unknown', '[1].businessEventId', 3, '3', 'the id of a business event'],
  ['C2.1 a payload schema that is none', '[0].payloadValidationSchema', 'order', '"order"', A_SCHEMA],
])

brokenRules('machineDefinition.businessStates', [
  ['C2.1 no id', '[2].id', undefined, 'nothing', A_BUSINESS_ID],
  ['C2.1 a description that is no text', '[2].description', 1, '1', A_STRING],
])

brokenRules('machineDefinition.businessEvents', [
  ['C2.1 a business event that is a text', '[1]', 'P', '"P"', AN_OBJECT],
])
