import * as v from 'valibot'
import { describeValue } from './describe-value.ts'
import { finding, type Finding } from './finding.ts'
import { ruleOf } from './headers.ts'
import { HEADER_NAME } from './http-schema.ts'

/** Variables that name one header each (C3.6), with the names that Mia-Platform's services use by default. */
export const HEADER_KEYS = {
  USERID_HEADER_KEY: 'miauserid',
  GROUPS_HEADER_KEY: 'miausergroups',
  CLIENTTYPE_HEADER_KEY: 'miaclienttype',
  BACKOFFICE_HEADER_KEY: 'isbackoffice',
  USER_PROPERTIES_HEADER_KEY: 'miauserproperties',
} as const

/** The variable with further names, separated by commas. */
const ADDITIONAL = 'ADDITIONAL_HEADERS_TO_PROXY'
/** Every variable that names headers. */
export const HEADER_VARIABLES: readonly string[] = [...Object.keys(HEADER_KEYS), ADDITIONAL]
/** Handed on by every service. */
const ALWAYS = ['x-request-id', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host']
/** Credentials for one proxy; all other names of a connection are in `HEADER_RULES`. */
const FOR_PROXIES: ReadonlySet<string> = new Set(['proxy-authenticate', 'proxy-authorization'])

/** The variables that name headers, and `API_TOKEN`; those that are not set are absent. */
export type HeaderVariables = {
  readonly [name in keyof typeof HEADER_KEYS | typeof ADDITIONAL]?: string | undefined
} & {
  readonly API_TOKEN?: unknown
}

/** Names of the headers that a message hands on to the commands of its step (C3.6), in lower case, each once. */
export function handedOnNames(variables: HeaderVariables): readonly string[] {
  const [hasToken, given] = [variables.API_TOKEN !== undefined, namesIn(variables)]
  const names = given.flatMap(({ name }) => (whyNot(name, hasToken) === undefined ? [name.toLowerCase()] : []))
  return [...new Set(names)]
}

/** Names in the variables that are not handed on. The reference ignores most of them too, so none stops the start. */
export function handedOnFindings(variables: HeaderVariables): readonly Finding[] {
  const hasToken = variables.API_TOKEN !== undefined
  return namesIn(variables).flatMap(({ variable, name }) => {
    const expected = whyNot(name, hasToken)
    if (expected === undefined) return []
    return [finding('variable.header', { path: variable, found: describeValue(name, []), expected })]
  })
}

interface GivenName {
  readonly variable: string
  readonly name: string
}

function namesIn(variables: HeaderVariables): readonly GivenName[] {
  const keys = Object.entries(HEADER_KEYS).map(([variable, usual]) => ({
    variable,
    name: variables[variable as keyof typeof HEADER_KEYS] ?? usual,
  }))
  const always = ALWAYS.map((name) => ({ variable: '', name }))
  const names = (variables[ADDITIONAL] ?? '').split(',').map((name) => name.trim())
  return [...keys, ...always, ...names.filter((name) => name !== '').map((name) => ({ variable: ADDITIONAL, name }))]
}

/** The expectation that a name breaks; `undefined` for a header that is handed on. */
function whyNot(name: string, hasToken: boolean): string | undefined {
  const lower = name.toLowerCase()
  if (!v.is(HEADER_NAME, name)) return A_NAME
  const rule = ruleOf(lower, 'channel')
  if (rule !== undefined) return `no "${lower}", which is not handed on: ${rule.why}`
  if (FOR_PROXIES.has(lower)) return `no "${lower}", which is not handed on: it is for one proxy alone`
  if (lower === 'authorization' && hasToken)
    return 'no "authorization" beside API_TOKEN: it holds the token of this service, which is not handed on'
  return undefined
}

const A_NAME = "a header name of letters, digits and !#$%&'*+-.^_`|~ only; several are separated by commas"
