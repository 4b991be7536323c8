import { A_SOURCE, A_TEXT, brokenRules, later } from './broken.ts'

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
  ['C2.5a a timeout', '[0].timeout', { after: 'PT1M' }, 'an object', later('timeout', 'timers')],
])

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
