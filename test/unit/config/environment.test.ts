import { describe, expect, it } from 'vitest'
import { readEnvironment, type Environment } from '../../../src/config/environment.ts'
import { HEADER_VARIABLES } from '../../../src/config/handed-on-headers.ts'
import { describeProblem } from '../../../src/config/problem.ts'

type Variables = Readonly<Record<string, string | undefined>>

const SET = { CONFIGURATIONS_FILE_PATH: '/saga.json' }

function read(variables: Variables): Environment {
  const result = readEnvironment({ ...SET, ...variables })
  if (!result.ok) throw new Error(result.problems.map(describeProblem).join('; '))
  return result.value
}

function problems(variables: Variables): readonly string[] {
  const result = readEnvironment(variables)
  return result.ok ? [] : result.problems.map(describeProblem)
}

const A_HOST = 'an IP address or a host name of this machine, without a port, such as "127.0.0.1", "::1" or "localhost"'
const A_PORT = 'a port, 0 to 65535'
const A_BASE = 'a path that begins with "/", such as "/flow-manager"'
const A_SIZE = 'bytes above zero, such as "5242880", "512kb" or "5mib"'
const A_WAIT = 'seconds, at most 24 days, such as "30", "30s" or "500ms"'
const A_TOKEN = 'a token without spaces and line breaks'
const A_SOURCE =
  'CONFIGURATIONS_FILE_PATH: found nothing, expected the path of a saga.json, or its text in CONFIGURATION'

const A_PREFIX = 'at most 256 bytes of UTF-8 without line breaks and control characters'

const MIA = ['miauserid', 'miausergroups', 'miaclienttype', 'isbackoffice', 'miauserproperties']
const ALWAYS = ['x-request-id', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host']

describe('the environment', () => {
  it('C1.1 C1.3 its defaults', () => {
    const defaults = {
      configuration: { kind: 'path', path: '/saga.json' },
      sagaIdPrefix: '',
      httpHost: undefined,
      httpPort: 3_000,
      keepAliveTimeout: 75_000,
      logLevel: 'info',
      logFormat: 'pino',
      basePath: '',
      dataPath: './data',
      apiToken: undefined,
      readToken: undefined,
      bodyLimit: 5 * 1024 * 1024,
      bodiesLimit: 64 * 1024 * 1024,
      requestsLimit: 1_000,
      bodyTimeout: 30_000,
      maxSagaSize: 16 * 1024 * 1024,
      shutdownTimeout: 30_000,
      waitBeforeClose: 10_000,
      allowEmptyStore: false,
      hasConsole: true,
      handedOnHeaders: [...MIA, ...ALWAYS],
    }
    expect(read({})).toEqual(defaults)
    expect(readEnvironment({ CONFIGURATION: '{}' })).toMatchObject({ warnings: [] })
    const empty = ['SAGA_ID_PREFIX', 'HTTP_PORT', 'LOG_LEVEL', 'BASE_PATH', 'DATA_PATH', 'API_TOKEN', 'READ_TOKEN']
    const others = [
      'BODY_LIMIT',
      'BODIES_LIMIT',
      'BODY_TIMEOUT',
      'MAX_SAGA_SIZE',
      'SHUTDOWN_TIMEOUT',
      'WAIT_BEFORE_SERVER_CLOSE_SEC',
      'LOG_FORMAT',
      'HTTP_HOST',
      'KEEP_ALIVE_TIMEOUT',
      'ALLOW_EMPTY_STORE',
      'CONSOLE',
      'CONFIGURATION',
      ...HEADER_VARIABLES,
    ]
    expect(read(Object.fromEntries([...empty, ...others].map((name) => [name, ''])))).toEqual(defaults)
  })

  it('C1.4 the text wins over the path, and one of them must be there', () => {
    expect(read({ CONFIGURATION: '{}' }).configuration).toEqual({ kind: 'text', text: '{}' })
    expect(readEnvironment({ CONFIGURATION: '{}' })).toMatchObject({ ok: true, warnings: [] })
    expect(problems({})).toEqual([A_SOURCE])
    expect(problems({ CONFIGURATION: '', CONFIGURATIONS_FILE_PATH: '' })).toEqual([A_SOURCE])
  })

  it.each<[string, string, keyof Environment, unknown]>([
    ['SAGA_ID_PREFIX', 'order-', 'sagaIdPrefix', 'order-'],
    ['HTTP_HOST', '127.0.0.1', 'httpHost', '127.0.0.1'],
    ['HTTP_HOST', '::1', 'httpHost', '::1'],
    ['HTTP_HOST', '[::1]', 'httpHost', '::1'],
    ['HTTP_HOST', '::ffff:10.0.0.1', 'httpHost', '::ffff:10.0.0.1'],
    ['HTTP_HOST', '::', 'httpHost', '::'],
    ['HTTP_HOST', 'my_host.internal', 'httpHost', 'my_host.internal'],
    ['KEEP_ALIVE_TIMEOUT', '65', 'keepAliveTimeout', 65_000],
    ['SAGA_ID_PREFIX', 'rés/ü%2F ?#', 'sagaIdPrefix', 'rés/ü%2F ?#'],
    ['SAGA_ID_PREFIX', 'é'.repeat(128), 'sagaIdPrefix', 'é'.repeat(128)],
    ['HTTP_PORT', '0', 'httpPort', 0],
    ['HTTP_PORT', '65535', 'httpPort', 65_535],
    ['LOG_LEVEL', 'silent', 'logLevel', 'silent'],
    ['LOG_LEVEL', 'trace', 'logLevel', 'trace'],
    ['LOG_LEVEL', 'fatal', 'logLevel', 'error'],
    ['LOG_FORMAT', 'pino', 'logFormat', 'pino'],
    ['LOG_FORMAT', 'text-levels', 'logFormat', 'text-levels'],
    ['BASE_PATH', '/', 'basePath', ''],
    ['BASE_PATH', '/flow-manager', 'basePath', '/flow-manager'],
    ['BASE_PATH', '/a/b/', 'basePath', '/a/b'],
    ['BASE_PATH', '/.a/b..', 'basePath', '/.a/b..'],
    ['DATA_PATH', '/var/data', 'dataPath', '/var/data'],
    ['BODY_LIMIT', '1', 'bodyLimit', 1],
    ['BODY_LIMIT', '5mb', 'bodyLimit', 5_000_000],
    ['BODY_LIMIT', '512KB', 'bodyLimit', 512_000],
    ['BODY_LIMIT', '2kib', 'bodyLimit', 2_048],
    ['BODY_LIMIT', '1MiB', 'bodyLimit', 1_048_576],
    ['BODIES_LIMIT', '5mib', 'bodiesLimit', 5 * 1024 * 1024],
    ['REQUESTS_LIMIT', '20', 'requestsLimit', 20],
    ['BODY_LIMIT', '100mib', 'bodiesLimit', 100 * 1024 * 1024],
    ['BODY_TIMEOUT', '500ms', 'bodyTimeout', 500],
    ['BODY_TIMEOUT', '60', 'bodyTimeout', 60_000],
    ['MAX_SAGA_SIZE', '64mib', 'maxSagaSize', 67_108_864],
    ['SHUTDOWN_TIMEOUT', '0', 'shutdownTimeout', 0],
    ['SHUTDOWN_TIMEOUT', '10', 'shutdownTimeout', 10_000],
    ['SHUTDOWN_TIMEOUT', '1.5s', 'shutdownTimeout', 1_500],
    ['SHUTDOWN_TIMEOUT', '500ms', 'shutdownTimeout', 500],
    ['WAIT_BEFORE_SERVER_CLOSE_SEC', '0', 'waitBeforeClose', 0],
    ['WAIT_BEFORE_SERVER_CLOSE_SEC', '5', 'waitBeforeClose', 5_000],
    ['WAIT_BEFORE_SERVER_CLOSE_SEC', '15s', 'waitBeforeClose', 15_000],
    ['WAIT_BEFORE_SERVER_CLOSE_SEC', '-3', 'waitBeforeClose', 0],
    ['CONSOLE', 'on', 'hasConsole', true],
    ['CONSOLE', 'off', 'hasConsole', false],
    ['ALLOW_EMPTY_STORE', 'true', 'allowEmptyStore', true],
    ['ALLOW_EMPTY_STORE', 'false', 'allowEmptyStore', false],
  ])('C1.3 %s=%s', (name, text, key, value) => {
    expect(read({ [name]: text })[key]).toBe(value)
  })

  it('C1.3 tokens are secrets', () => {
    const environment = read({ API_TOKEN: 'hunter2', READ_TOKEN: 'hunter3' })
    expect([environment.apiToken?.reveal(), environment.readToken?.reveal()]).toEqual(['hunter2', 'hunter3'])
    expect(JSON.stringify(environment)).not.toContain('hunter')
  })

  it.each([
    ['HTTP_HOST', 'http://x', '"http://x"', A_HOST],
    ['HTTP_HOST', 'x:80', '"x:80"', A_HOST],
    ['HTTP_HOST', '127.0.0.1:80', '"127.0.0.1:80"', A_HOST],
    ['HTTP_HOST', '[::1]:80', '"[::1]:80"', A_HOST],
    ['HTTP_HOST', 'a b', '"a b"', A_HOST],
    ['HTTP_HOST', 'x/y', '"x/y"', A_HOST],
    ['HTTP_HOST', '*', '"*"', A_HOST],
    ['HTTP_HOST', 'x\n', '"x\\n"', A_HOST],
    ['KEEP_ALIVE_TIMEOUT', 'long', '"long"', A_WAIT],
    ['SAGA_ID_PREFIX', 'a\nb', String.raw`"a\nb"`, A_PREFIX],
    ['SAGA_ID_PREFIX', 'a\u007F', '"a\u007F"', A_PREFIX],
    ['SAGA_ID_PREFIX', 'a\u2028b', '"a\u2028b"', A_PREFIX],
    ['SAGA_ID_PREFIX', 'a\uFFFDb', '"a\uFFFDb"', A_PREFIX],
    ['SAGA_ID_PREFIX', 'x'.repeat(257), `"${'x'.repeat(60)}…"`, A_PREFIX],
    ['SAGA_ID_PREFIX', 'é'.repeat(129), `"${'é'.repeat(60)}…"`, A_PREFIX],
    ['HTTP_PORT', '65536', '"65536"', A_PORT],
    ['HTTP_PORT', '-1', '"-1"', A_PORT],
    ['HTTP_PORT', '80a', '"80a"', A_PORT],
    ['HTTP_PORT', '1e3', '"1e3"', A_PORT],
    ['LOG_LEVEL', 'loud', '"loud"', 'one of trace, debug, info, warn, error, silent'],
    ['LOG_FORMAT', 'json', '"json"', 'one of pino, text-levels'],
    ['BASE_PATH', 'flow-manager', '"flow-manager"', A_BASE],
    ['BASE_PATH', '/a//b', '"/a//b"', A_BASE],
    ['BASE_PATH', '/a?b', '"/a?b"', A_BASE],
    ['BASE_PATH', '/.', '"/."', A_BASE],
    ['BASE_PATH', '/a/../b', '"/a/../b"', A_BASE],
    ['API_TOKEN', 'hunter 2', 'a string', A_TOKEN],
    ['BODY_LIMIT', '0', '"0"', A_SIZE],
    ['BODY_LIMIT', '5gb', '"5gb"', A_SIZE],
    ['MAX_SAGA_SIZE', '0', '"0"', A_SIZE],
    ['BODY_LIMIT', '1.5mb', '"1.5mb"', A_SIZE],
    ['REQUESTS_LIMIT', '0', '"0"', 'a number of requests, a whole number from 1 to 1000000'],
    ['REQUESTS_LIMIT', '1e3', '"1e3"', 'a number of requests, a whole number from 1 to 1000000'],
    ['BODIES_LIMIT', '5mb', '"5mb"', 'at least BODY_LIMIT, so that a body of that size fits'],
    ['BODY_TIMEOUT', '0', '"0"', 'seconds above zero, such as "30" or "500ms"'],
    ['BODY_TIMEOUT', 'soon', '"soon"', A_WAIT],
    ['SHUTDOWN_TIMEOUT', 'soon', '"soon"', A_WAIT],
    ['SHUTDOWN_TIMEOUT', '9999999', '"9999999"', A_WAIT],
    ['SHUTDOWN_TIMEOUT', '-1', '"-1"', A_WAIT],
    ['CONSOLE', 'no', '"no"', '"on" or "off"'],
    ['ALLOW_EMPTY_STORE', 'perhaps', '"perhaps"', '"true" or "false"'],
    ['READ_TOKEN', 'hunter2', 'a string', 'API_TOKEN to be set, too: without it every route is open'],
  ])('C1.2 %s=%s is a problem', (name, text, found, expected) => {
    expect(problems({ ...SET, [name]: text })).toEqual([`${name}: found ${found}, expected ${expected}`])
  })

  it('C1.2 all problems at once', () => {
    const wrong = { HTTP_PORT: 'a', LOG_LEVEL: 'b', READ_TOKEN: 'c', BODY_LIMIT: 'd', SHUTDOWN_TIMEOUT: 'e' }
    const named = problems(wrong).map((problem) => problem.replace(/: .*/, ''))
    expect(named.toSorted()).toEqual([...Object.keys(wrong), 'CONFIGURATIONS_FILE_PATH'].toSorted())
  })
})

describe('a variable that is nearly a known one', () => {
  const warned = (variables: Variables): readonly string[] => {
    const result = readEnvironment({ ...SET, ...variables })
    return result.ok ? result.warnings.map(describeProblem) : ['refused']
  }

  it.each([
    ['HTTP_POR', 'HTTP_PORT'],
    ['HTTPPORT', 'HTTP_PORT'],
    ['http_port', 'HTTP_PORT'],
    ['SAGA_ID_PREFX', 'SAGA_ID_PREFIX'],
    ['SAGA_ID_PREFIXES', 'SAGA_ID_PREFIX'],
    ['SAGA_IT_PREFIX', 'SAGA_ID_PREFIX'],
    ['API_TOKENS', 'API_TOKEN'],
    ['DATA_PATHS', 'DATA_PATH'],
    ['SHUTDOWN_TIMOUT', 'SHUTDOWN_TIMEOUT'],
  ])('C1.3 %s is a warning that names %s, and not its value', (name, known) => {
    expect(warned({ [name]: 'hunter2' })).toEqual([`${name}: found an unknown variable, expected "${known}"`])
    expect(warned({ [name]: '' })).toEqual([])
  })

  it('C1.3 beside the known one it is none', () => {
    expect(warned({ HTTP_PORT: '80', HTTP_POR: '80', API_TOKEN: 'a', API_TOKENS: 'b' })).toEqual([])
  })

  it('C1.3 variables of others are none', () => {
    const others = [
      'HTTPS_PORT',
      'HTTP_PROXY',
      'APP_TOKEN',
      'PATH',
      'PORT',
      'HOME',
      'BASH_PATH',
      'DATE_PATH',
      'NODE_ENV',
    ]
    const names = [...others, 'HTTP_POST', 'API_KEY', 'KAFKA_TOKEN', 'USERID_HEADER_KEY', 'npm_config_path']
    expect(warned(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([])
  })

  it('C1.3 the variables that containers of Mia-Platform set are none', () => {
    const names = [
      'ADDITIONAL_HEADERS_TO_PROXY',
      'BACKOFFICE_HEADER_KEY',
      'CLIENTTYPE_HEADER_KEY',
      'CUSTOM_LOG_LEVEL',
      'ENABLE_HTTP_CLIENT_METRICS',
      'ENABLE_TRACING',
      'EXPOSE_METRICS',
      'GROUPS_HEADER_KEY',
      'MICROSERVICE_GATEWAY_SERVICE_NAME',
      'NODE_ENV',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'SERVICE_PREFIX',
      'TRUSTED_PROXIES',
      'USERID_HEADER_KEY',
      'USER_PROPERTIES_HEADER_KEY',
    ]
    expect(warned(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([])
  })

  it('C1.3 a wait that is no number is the default, as in the reference, and a warning', () => {
    expect(read({ WAIT_BEFORE_SERVER_CLOSE_SEC: 'soon' }).waitBeforeClose).toBe(10_000)
    expect(warned({ WAIT_BEFORE_SERVER_CLOSE_SEC: 'soon' })).toEqual([
      'WAIT_BEFORE_SERVER_CLOSE_SEC: found "soon", expected whole seconds, such as "10"; 10 are taken',
    ])
  })

  it.each([
    'CONFIGURATION_FILE_PATH',
    'CONFIGURATIONS_PATH',
    'CONFIGURATIONS_FILEPATH',
    'configurations_file_path',
    'CONFIG_FILE_PATH',
  ])('C1.1 C1.2 %s in place of the one that must be there is a hint', (name) => {
    expect(problems({ [name]: '/saga.json', HOME: '/root' })).toEqual([
      A_SOURCE.replace('found nothing', `found nothing, but "${name}"`),
    ])
  })
})

describe('C3.6 the headers that are handed on', () => {
  const warned = (variables: Variables) => {
    const result = readEnvironment({ ...SET, ...variables })
    return result.ok ? result.warnings.map((one) => [one.code, describeProblem(one)]) : ['not ok']
  }

  it('are those of the variables, in lower case, each once', () => {
    const variables = {
      USERID_HEADER_KEY: 'X-User',
      GROUPS_HEADER_KEY: 'x-user',
      ADDITIONAL_HEADERS_TO_PROXY: ' Authorization,cookie ,, X-Request-Id,x-b3-traceid,x-team ,X-TEAM,',
    }
    const mia = ['x-user', 'miaclienttype', 'isbackoffice', 'miauserproperties']
    const more = ['authorization', 'cookie', 'x-b3-traceid', 'x-team']
    expect(read(variables).handedOnHeaders).toEqual([...mia, ...ALWAYS, ...more])
    expect(warned(variables)).toEqual([])
  })

  it.each([
    'Content-Length',
    'content-type',
    'content-encoding',
    'Host',
    'connection',
    'keep-alive',
    'proxy-connection',
    'transfer-encoding',
    'TE',
    'trailer',
    'upgrade',
    'expect',
    'idempotency-key',
    'Traceparent',
    'proxy-authorization',
    '__proto__',
    'constructor',
  ])('%s is not among them, which is a finding', (name) => {
    const variables = { ADDITIONAL_HEADERS_TO_PROXY: `x-team,${name}` }
    expect(read(variables).handedOnHeaders).toEqual([...MIA, ...ALWAYS, 'x-team'])
    const lower = name.toLowerCase()
    const line = `ADDITIONAL_HEADERS_TO_PROXY: found "${name}", expected no "${lower}", which is not handed on: `
    expect(warned(variables)).toEqual([['variable.header', expect.stringContaining(line)]])
  })

  it.each(['x team', 'x-a;x-b', 'x:y', 'größe', '"x"', 'x\ny', 'x\u0000'])(
    '%j is no name, which is a finding',
    (name) => {
      expect(read({ ADDITIONAL_HEADERS_TO_PROXY: name }).handedOnHeaders).toEqual([...MIA, ...ALWAYS])
      expect(read({ USERID_HEADER_KEY: name }).handedOnHeaders).not.toContain('miauserid')
      expect(warned({ USERID_HEADER_KEY: name })).toEqual([
        ['variable.header', expect.stringMatching(/^USERID_HEADER_KEY: found ".*", expected a header name of letters/)],
      ])
    },
  )

  it('C2.6 with API_TOKEN the header authorization holds the token of this service', () => {
    const variables = { API_TOKEN: 'hunter2', ADDITIONAL_HEADERS_TO_PROXY: 'authorization' }
    expect(read(variables).handedOnHeaders).toEqual([...MIA, ...ALWAYS])
    expect(warned(variables)).toEqual([['variable.header', expect.stringContaining('beside API_TOKEN')]])
    expect(JSON.stringify(warned(variables))).not.toContain('hunter2')
  })
})
