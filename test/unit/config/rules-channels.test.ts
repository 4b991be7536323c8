import {
  A_METHOD,
  A_PATH,
  A_PORT,
  A_PROTOCOL,
  A_SECRET,
  A_TEXT,
  AN_ENDPOINT,
  brokenRules,
  HEADERS,
  later,
} from './broken.ts'

const NO_FRAGMENT = 'a path without "#", backslashes and control characters'
const A_TYPE = '"rest" or "kafka"'
const A_HEADER = 'a header value: one line, no characters beyond Latin-1'
const A_TIMER = 'an ISO 8601 duration above zero, at most 24 days, such as "PT10S"'
const A_WAIT = 'milliseconds, a whole number above zero'
const ATTEMPTS = 'a number of attempts, a whole number above zero'
const A_RATE = 'commands a second, a number above zero and at most 1000000, or { "limit": 5, "by": "/customer/id" }'
const A_CONCURRENCY =
  'commands under way at once, a whole number from 1 to 1000000, or { "limit": 5, "by": "/customer/id" }'
const A_PERIOD = 'an ISO 8601 duration above zero, such as "P30D"'
const BROKERS = 'an array of brokers, one comma-separated string or a secret reference, with one broker at least'
const NOT_READ = 'a topic that is not one of the "inputTopics", since its records would come in again'
const SASL = '.authenticationProperties.sasl'
const A_MECHANISM = '"plain", "scram-sha-256", "scram-sha-512" or "aws", in any letter case'
const A_FUNCTION = `${A_MECHANISM}; "oauthbearer" needs a function, which no JSON file can hold`
const TLS = 'true, false or an object of TLS options'

brokenRules('communicationProtocols', [
  ['C2 channels that are no list', '', { id: 1 }, 'an object', 'an array of channels'],
  ['C2 channels that are a text', '', 'kafka', 'a string', 'an array of channels'],
  ['C2 no id', '[2].id', undefined, 'nothing', A_TEXT],
  ['C2 a channel that is null', '[2]', null, 'null', 'an object'],
  ['C2 a channel that is a list', '[2]', [], 'an empty array', 'an object'],
  ['C2 an unknown type', '[2].type', 'soap', '"soap"', A_TYPE],
  ['C2 no type', '[2].type', undefined, 'nothing', A_TYPE],
  ['C2 an id twice', '[2].id', 'payments', '"payments"', 'an id that no other channel has'],
])

brokenRules('communicationProtocols[0].configurations', [
  ['C2.3 no configurations', '', undefined, 'nothing', 'an object'],
  ['C2.3 no protocol', '.protocol', undefined, 'nothing', A_PROTOCOL],
  ['C2.3 another protocol', '.protocol', 'ftp', '"ftp"', A_PROTOCOL],
  ['C2.3 no endpoint', '.endpoint', undefined, 'nothing', AN_ENDPOINT],
  ['C2.3 an endpoint with a scheme', '.endpoint', 'http://a', '"http://a"', AN_ENDPOINT],
  ['C2.3 an endpoint with a trailing slash', '.endpoint', 'a/', '"a/"', AN_ENDPOINT],
  ['C2.3 an endpoint with a port that is none', '.endpoint', 'a:99999', '"a:99999"', AN_ENDPOINT],
  ['C2.3 no method', '.method', undefined, 'nothing', A_METHOD],
  ['C2.3 another method', '.method', 'GET', '"GET"', A_METHOD],
  ['C2.3 a path without slash', '.path', 'commands', '"commands"', A_PATH],
  ['C2.3 a path with a fragment', '.path', '/a#b', '"/a#[redacted]"', NO_FRAGMENT],
  ['C2.3 a path with a query and a fragment', '.path', '/a?t=b#c', '"/a?[redacted]"', NO_FRAGMENT],
  ['C2.3 a path with a backslash', '.path', '/a\\b', String.raw`"/a\\b"`, NO_FRAGMENT],
  ['C2.3 a path with a line break', '.path', '/a\nb', String.raw`"/a\nb"`, NO_FRAGMENT],
  ['C2.3 port zero', '.port', 0, '0', A_PORT],
  ['C2.3 a port as a text', '.port', '80', '"80"', A_PORT],
  ['C2.3 a port wrong in two ways, reported once', '.port', 65_536.5, '65536.5', A_PORT],
  ['C2.3 headers that are a list', '.headers', ['a'], 'an array', HEADERS],
  ['C2.3 a header with a line break', '.headers.a', 'b\r\nc: d', 'a string', A_HEADER],
  ['C2.3 a header beyond Latin-1', '.headers.a', '✓', 'a string', A_HEADER],
  ['C2.3 a header that is a number', '.headers.a', 1, 'a number', A_SECRET],
  ['C2.5a a timeout in other words', '.timeout', '10s', '"10s"', A_TIMER],
  ['C2.5a a timeout with a tail', '.timeout', 'PT10S5', '"PT10S5"', A_TIMER],
  ['C2.5a a timeout of zero', '.timeout', 'PT0S', '"PT0S"', A_TIMER],
  ['C2.5a a timeout that no timer holds', '.timeout', 'P25D', '"P25D"', A_TIMER],
  ['C2.5a a timeout of months', '.timeout', 'P1M', '"P1M"', A_TIMER],
  ['C2.5a a timeout as a number', '.timeout', 10, '10', A_TIMER],
  ['C2.5a retry settings that are a list', '.retry', [], 'an empty array', 'an object'],
  ['C2.5a no attempts', '.retry.attempts', 0, '0', ATTEMPTS],
  ['C2.5a half an attempt', '.retry.attempts', 1.5, '1.5', ATTEMPTS],
  ['C2.5a attempts as a text', '.retry.attempts', '3', '"3"', ATTEMPTS],
  ['C2.5a a first wait in other words', '.retry.firstWait', '1s', '"1s"', A_TIMER],
  ['C2.5a a first wait of zero', '.retry.firstWait', 'PT0S', '"PT0S"', A_TIMER],
  ['C2.5a a longest wait as a number', '.retry.longestWait', 60, '60', A_TIMER],
  ['C2.5a a longest wait that no timer holds', '.retry.longestWait', 'P25D', '"P25D"', A_TIMER],
  [
    'C2.5a a longest wait below the first',
    '.retry.longestWait',
    'PT0.1S',
    '"PT0.1S"',
    'at least as long as "firstWait"',
  ],
  ['C2.5a an end of retries in months', '.retry.giveUpAfter', 'P1M', '"P1M"', A_PERIOD],
  ['C2.5a an end of retries that is null', '.retry.giveUpAfter', null, 'null', A_PERIOD],
  ['C2.5a a refused key that is null', '.signing', null, 'null', later('signing', 'signatures')],
  ['C2.5a a rate of zero', '.rate', 0, '0', A_RATE],
  ['C2.5a a rate as a text', '.rate', '5', '"5"', A_RATE],
  ['C2.5a a rate that is null', '.rate', null, 'null', A_RATE],
  ['C2.5a a rate that is a list', '.rate', [5], 'an array', A_RATE],
  ['C2.5a a rate beyond all use', '.rate', 2e6, '2000000', A_RATE],
  ['C2.5a no send at once', '.concurrency', 0, '0', A_CONCURRENCY],
  ['C2.5a half a send at once', '.concurrency', 2.5, '2.5', A_CONCURRENCY],
  ['C2.5a signing', '.signing', { secrets: [] }, 'an object', later('signing', 'signatures')],
])

brokenRules('communicationProtocols[1].configurations', [
  ['C2.2 no configurations', '', undefined, 'nothing', 'an object'],
  ['C2.2 no brokers', '.brokers', undefined, 'nothing', BROKERS],
  ['C2.2 an empty list of brokers', '.brokers', [], 'an empty array', BROKERS],
  ['C2.2 blank brokers', '.brokers', ' , ', '" , "', BROKERS],
  ['C2.2 brokers as a number', '.brokers', 1, '1', BROKERS],
  ['C2.2 topics as a text', '.outputTopics', 'a', '"a"', 'an array of topics'],
  [
    'C2.2 no group',
    '.consumerGroup',
    undefined,
    'nothing',
    'the name of a consumer group, since there are input topics',
  ],
  ['C2.2 an empty group', '.consumerGroup', '', 'an empty string', A_TEXT],
  ['C2.2 authentication as a text', '.authenticationProperties', 'me:secret', 'a string', 'an object'],
  ['C2.2 ssl as a text', '.authenticationProperties.ssl', 'true', '"true"', TLS],
  ['C2.6 a text for ssl that may be a certificate', '.authenticationProperties.ssl', 'MIIB', 'a string', TLS],
  ['C2.2 ssl as a list', '.authenticationProperties.ssl', [], 'an empty array', TLS],
  ['C2.2 a certificate as a number', '.authenticationProperties.ssl.cert', 1, 'a number', A_SECRET],
  ['C2.2 sasl as a list', '.authenticationProperties.sasl', [], 'an empty array', 'an object'],
  ['C2.2 no password', '.authenticationProperties.sasl.password', undefined, 'nothing', A_SECRET],
  ['C2.6 another reference', '.authenticationProperties.sasl.username', { type: 'vault' }, 'an object', A_SECRET],
  ['C2.6 a reference to nothing', '.authenticationProperties.sasl.username', { type: 'file' }, 'an object', A_SECRET],
  [
    'C2.2 a mechanism of KafkaJS that needs a function',
    `${SASL}.mechanism`,
    'OAuthBearer',
    '"OAuthBearer"',
    A_FUNCTION,
  ],
  ['C2.2 a mechanism that no client has', `${SASL}.mechanism`, 'GSSAPI', '"GSSAPI"', A_MECHANISM],
  ['C2.2 a mechanism with a blank', `${SASL}.mechanism`, 'plain ', '"plain "', A_MECHANISM],
  ['C2.2 no mechanism', `${SASL}.mechanism`, undefined, 'nothing', A_MECHANISM],
  ['C2.2 a mechanism that is a number', `${SASL}.mechanism`, 1, '1', A_MECHANISM],
  ['C2.5a a session time-out that is not whole', '.sessionTimeout', 1.5, '1.5', A_WAIT],
  ['C2.5a dead letters that come in again', '.deadLetterTopic', 'events', '"events"', NOT_READ],
  ['C2.5a an empty dead-letter topic', '.deadLetterTopic', '', 'an empty string', A_TEXT],
  ['C2.5a from the beginning as a text', '.fromBeginning', 'yes', '"yes"', 'true or false'],
])
