import { waitUntil } from 'cloudflare:workers'
import { HOOKS } from '#hooks'
import compiled from '#saga' with { type: 'json' }
import { problem, type Problem } from '../../src/config/problem.ts'
import type { Machine } from '../../src/machine/compile.ts'
import type { Channels } from '../../src/orchestrator/attach.ts'
import { Incidents } from '../../src/orchestrator/incidents.ts'
import { compileMachine, openChannels } from '../../src/service.ts'
import { compiledHooks } from './compiled-hooks.ts'
import { edgeHost, invalidEdgeConfiguration, prepareEdge } from './prepare-edge.ts'
import type { EdgeAdditions, PreparedEdge } from './prepare-edge.ts'

/** The bindings of a Worker: variables and secrets as texts, Durable Objects, and anything else. */
export type Bindings = Readonly<Record<string, unknown>>

/** A service with its bindings. It does no I/O of its own, so that all requests and objects of the isolate share it. */
export interface BoundService extends PreparedEdge {
  /** Absent where no objects are bound and the store needs none. */
  readonly sagas?: DurableObjectNamespace | undefined
  readonly channels: Channels
  readonly machine: Machine
  /** Shared, so that a participant that is down is logged once for all sagas. */
  readonly incidents: Incidents
}

const services = new WeakMap<Bindings, Promise<BoundService>>()

/** The service of these bindings, read once. Rejects with `configuration-invalid`, every problem at once, on every call. */
export function boundService(env: Bindings, additions: EdgeAdditions = {}): Promise<BoundService> {
  const known = services.get(env)
  if (known !== undefined) return known
  const reading = read(env, additions)
  services.set(env, reading)
  return reading
}

async function read(env: Bindings, additions: EdgeAdditions): Promise<BoundService> {
  const isCompiled = typeof env['CONFIGURATION'] !== 'string'
  const edge = await prepareEdge({
    ...edgeHost(variablesOf(env), { loadHook: compiledHooks(HOOKS), ...additions }, waitUntil),
    isCompiled,
  })
  const sagas = namespaceOf(env, edge)
  const channels = await openChannels(edge)
  return { ...edge, sagas, channels, machine: compileMachine(edge, channels), incidents: new Incidents(edge.runtime) }
}

/** The bound objects; `undefined` where none are bound and the store needs none. Throws where another kind is bound (P19). */
function namespaceOf(env: Bindings, { binding, needsObjects }: PreparedEdge): DurableObjectNamespace | undefined {
  const sagas = env[binding]
  if (isNamespace(sagas)) return sagas
  if (sagas === undefined && needsObjects === undefined) return undefined
  const why = needsObjects === undefined ? '' : `: ${needsObjects}`
  throw invalidEdgeConfiguration([missing(sagas, `a Durable Object binding named "${binding}"${why}`)])
}

function missing(bound: unknown, expected: string): Problem {
  const path = 'persistencyManagement.configurations.binding'
  return problem('binding.missing', {
    path,
    found: bound === undefined ? 'nothing' : 'a binding of another kind',
    expected,
  })
}

/**
 * The texts among the bindings, as variables. Without a `CONFIGURATION` the saga.json in the bundle counts (C1.4), since platforms
 * limit the length of a variable.
 */
function variablesOf(env: Bindings): Record<string, string> {
  const texts = Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const bundled = compiled === null ? {} : { CONFIGURATION: JSON.stringify(compiled) }
  return { ...bundled, ...Object.fromEntries(texts) }
}

function isNamespace(binding: unknown): binding is DurableObjectNamespace {
  return typeof binding === 'object' && binding !== null && 'idFromName' in binding
}
