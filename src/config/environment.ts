import * as v from 'valibot'
import { DEFAULTS } from '../defaults.ts'
import type { Duration } from '../engine/saga.ts'
import type { LogFormat, LogLevel } from '../ports/runtime.ts'
import {
  BASE_PATH,
  FORMAT,
  HOST,
  LENIENT_SECONDS,
  LEVEL,
  ON_OR_OFF,
  PREFIX,
  SIZE,
  TOKEN,
  WAIT,
  wholeNumber,
  YES_OR_NO,
} from './environment-values.ts'
import { handedOnFindings, handedOnNames } from './handed-on-headers.ts'
import { finding } from './finding.ts'
import type { Finding } from './finding.ts'
import type { Problem } from './problem.ts'
import type { Read } from './read.ts'
import type { Secret } from './secret.ts'
import { shapeProblems } from './shape-problems.ts'
import { misspeltVariables, similarVariable } from './unknown-variables.ts'
import type { Variables } from './unknown-variables.ts'

/** The environment variables, read (C1). */
export interface Environment {
  readonly configuration:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'path'; readonly path: string }
  readonly sagaIdPrefix: string
  /** Address or name of this machine; absent: all interfaces, IPv6 and IPv4. */
  readonly httpHost?: string | undefined
  /** 0: any free port. */
  readonly httpPort: number
  /** How long an idle connection stays open; 0: for ever. */
  readonly keepAliveTimeout: Duration
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
  /** Empty, or as `/flow-manager`, without a final slash. */
  readonly basePath: string
  readonly dataPath: string
  /** Required by every route that shows or changes data. */
  readonly apiToken?: Secret | undefined
  /** Accepted for `GET` only. */
  readonly readToken?: Secret | undefined
  /** Bytes of one body. */
  readonly bodyLimit: number
  /** Bytes of all bodies of open requests together. */
  readonly bodiesLimit: number
  /** Creations and events over HTTP in progress at once. */
  readonly requestsLimit: number
  /** Longest time until a body is complete. */
  readonly bodyTimeout: Duration
  /** Bytes of a saga's metadata as JSON. */
  readonly maxSagaSize: number
  readonly shutdownTimeout: Duration
  /** From SIGTERM until the server closes: requests are still served. Part of `shutdownTimeout` (C7). */
  readonly waitBeforeClose: Duration
  readonly allowEmptyStore: boolean
  /** False under `CONSOLE=off`: the service has no page for operators. */
  readonly hasConsole: boolean
  /** Names of the headers that a message hands on to the commands of its step (C3.6), in lower case. */
  readonly handedOnHeaders: readonly string[]
}

/** Variables → environment, or every problem at once. The path of a problem is the name of the variable. */
export function readEnvironment(variables: Variables): Read<Environment> {
  const known = Object.keys(VARIABLES)
  const given = Object.fromEntries(known.flatMap((name) => withValue(name, variables[name])))
  const checked = v.safeParse(ENVIRONMENT, given)
  if (checked.success) return { ok: true, value: checked.output, warnings: warningsOf(variables, given) }
  const similar = similarVariable(REQUIRED, variables, known)
  const problems = shapeProblems(given, checked.issues).map((one) => ({ ...one, code: variableCode(one.code) }))
  return {
    ok: false,
    problems: similar === undefined ? problems : problems.map((problem) => withHint(problem, similar)),
  }
}

function variableCode(code: Problem['code']): Problem['code'] {
  return code === 'value.missing' ? 'variable.missing' : 'variable.invalid'
}

function warningsOf(variables: Variables, given: Variables): readonly Finding[] {
  const wait = variables[WAIT_VARIABLE] ?? ''
  const isIgnored = wait !== '' && v.parse(LENIENT_SECONDS, wait) === undefined
  return [
    ...misspeltVariables(variables, Object.keys(VARIABLES)),
    ...handedOnFindings(given),
    ...(isIgnored
      ? [finding('variable.ignored', { path: WAIT_VARIABLE, found: `"${wait.slice(0, 60)}"`, expected: A_WAIT })]
      : []),
  ]
}

const WAIT_VARIABLE = 'WAIT_BEFORE_SERVER_CLOSE_SEC'
const DEFAULT_WAIT: Duration = 10_000
const A_WAIT = `whole seconds, such as "10"; ${DEFAULT_WAIT / 1_000} are taken`

const REQUIRED = 'CONFIGURATIONS_FILE_PATH'

function withHint(problem: Problem, similar: string): Problem {
  if (problem.path !== REQUIRED) return problem
  return { ...problem, found: `${problem.found}, but "${similar}"` }
}

/** Many hosts cannot tell an empty variable from one that is not set, so an empty one counts as not set. */
function withValue(name: string, value: string | undefined): readonly (readonly [string, string])[] {
  return value === undefined || value === '' ? [] : [[name, value]]
}

/** Default of `BODIES_LIMIT`, unless `BODY_LIMIT` is larger. */
const BODIES_LIMIT = 64 * 1_048_576

const A_LIMIT = 'a number of requests, a whole number from 1 to 1000000'

const VARIABLES = {
  CONFIGURATION: v.optional(v.string('a text')),
  CONFIGURATIONS_FILE_PATH: v.optional(v.string('a text')),
  SAGA_ID_PREFIX: v.optional(PREFIX, ''),
  HTTP_HOST: v.optional(HOST),
  HTTP_PORT: v.optional(wholeNumber(65_535, 'a port, 0 to 65535'), '3000'),
  LOG_LEVEL: v.optional(LEVEL, 'info'),
  LOG_FORMAT: v.optional(FORMAT, 'pino'),
  BASE_PATH: v.optional(BASE_PATH, '/'),
  DATA_PATH: v.optional(v.string('a text'), './data'),
  API_TOKEN: v.optional(TOKEN),
  READ_TOKEN: v.optional(TOKEN),
  BODY_LIMIT: v.optional(SIZE, '5mib'),
  BODIES_LIMIT: v.optional(SIZE),
  REQUESTS_LIMIT: v.optional(
    v.pipe(wholeNumber(1_000_000, A_LIMIT), v.minValue(1, A_LIMIT)),
    String(DEFAULTS.requests),
  ),
  BODY_TIMEOUT: v.optional(v.pipe(WAIT, v.minValue(1, 'seconds above zero, such as "30" or "500ms"')), '30s'),
  MAX_SAGA_SIZE: v.optional(SIZE, '16mib'),
  KEEP_ALIVE_TIMEOUT: v.optional(WAIT, '75s'),
  SHUTDOWN_TIMEOUT: v.optional(WAIT, '30s'),
  WAIT_BEFORE_SERVER_CLOSE_SEC: v.optional(LENIENT_SECONDS),
  ALLOW_EMPTY_STORE: v.optional(YES_OR_NO, 'false'),
  CONSOLE: v.optional(ON_OR_OFF, 'on'),
  USERID_HEADER_KEY: v.optional(v.string('a text')),
  GROUPS_HEADER_KEY: v.optional(v.string('a text')),
  CLIENTTYPE_HEADER_KEY: v.optional(v.string('a text')),
  BACKOFFICE_HEADER_KEY: v.optional(v.string('a text')),
  USER_PROPERTIES_HEADER_KEY: v.optional(v.string('a text')),
  ADDITIONAL_HEADERS_TO_PROXY: v.optional(v.string('a text')),
}

const ENVIRONMENT: v.GenericSchema<unknown, Environment> = v.pipe(
  v.object(VARIABLES),
  v.forward(
    v.partialCheck(
      [['CONFIGURATION'], ['CONFIGURATIONS_FILE_PATH']],
      (set) => set.CONFIGURATION !== undefined || set.CONFIGURATIONS_FILE_PATH !== undefined,
      'the path of a saga.json, or its text in CONFIGURATION',
    ),
    ['CONFIGURATIONS_FILE_PATH'],
  ),
  v.forward(
    v.partialCheck(
      [['API_TOKEN'], ['READ_TOKEN']],
      (set) => set.READ_TOKEN === undefined || set.API_TOKEN !== undefined,
      'API_TOKEN to be set, too: without it every route is open',
    ),
    ['READ_TOKEN'],
  ),
  v.forward(
    v.partialCheck(
      [['BODY_LIMIT'], ['BODIES_LIMIT']],
      (set) => set.BODIES_LIMIT === undefined || set.BODIES_LIMIT >= set.BODY_LIMIT,
      'at least BODY_LIMIT, so that a body of that size fits',
    ),
    ['BODIES_LIMIT'],
  ),
  v.transform((set): Environment => ({
    configuration:
      set.CONFIGURATION === undefined
        ? { kind: 'path', path: set.CONFIGURATIONS_FILE_PATH ?? '' }
        : { kind: 'text', text: set.CONFIGURATION },
    sagaIdPrefix: set.SAGA_ID_PREFIX,
    httpHost: set.HTTP_HOST,
    httpPort: set.HTTP_PORT,
    keepAliveTimeout: set.KEEP_ALIVE_TIMEOUT,
    logLevel: set.LOG_LEVEL,
    logFormat: set.LOG_FORMAT,
    basePath: set.BASE_PATH,
    dataPath: set.DATA_PATH,
    apiToken: set.API_TOKEN,
    readToken: set.READ_TOKEN,
    bodyLimit: set.BODY_LIMIT,
    bodiesLimit: set.BODIES_LIMIT ?? Math.max(BODIES_LIMIT, set.BODY_LIMIT),
    requestsLimit: set.REQUESTS_LIMIT,
    bodyTimeout: set.BODY_TIMEOUT,
    maxSagaSize: set.MAX_SAGA_SIZE,
    shutdownTimeout: set.SHUTDOWN_TIMEOUT,
    waitBeforeClose: set.WAIT_BEFORE_SERVER_CLOSE_SEC ?? DEFAULT_WAIT,
    allowEmptyStore: set.ALLOW_EMPTY_STORE,
    hasConsole: set.CONSOLE,
    handedOnHeaders: handedOnNames(set),
  })),
)
