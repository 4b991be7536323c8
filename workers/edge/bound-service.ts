import compiled from '#saga' with { type: 'json' }
import type { Problem } from '../../src/config/problem.ts'
import type { Machine } from '../../src/machine/compile.ts'
import type { Channels } from '../../src/orchestrator/attach.ts'
import { Incidents } from '../../src/orchestrator/incidents.ts'
import { compileMachine, openChannels } from '../../src/service.ts'
import { edgeHost, invalidEdgeConfiguration, prepareEdge } from './prepare-edge.ts'
import type { EdgeAdditions, PreparedEdge } from './prepare-edge.ts'

/** What a Worker is lent: variables and secrets as texts, Durable Objects, and whatever else somebody binds. */
export type Bindings = Readonly<Record<string, unknown>>

/** A service as it is bound here. Nothing in it is under way, so that requests and objects may share it. */
export interface BoundService extends PreparedEdge {
  /** Absent where none are bound and the store does without. */
  readonly sagas?: DurableObjectNamespace | undefined
  readonly channels: Channels
  readonly machine: Machine
  /** What all sagas have in common, such as a participant that is away, is told once. */
  readonly incidents: Incidents
}

const prepared = new WeakMap<Bindings, Promise<BoundService>>()

/** Reads the configuration once for each set of bindings. Rejects with every problem at once, each time it is asked. */
export function boundService(env: Bindings, additions: EdgeAdditions = {}): Promise<BoundService> {
  const known = prepared.get(env)
  if (known !== undefined) return known
  const reading = read(env, additions)
  prepared.set(env, reading)
  return reading
}

async function read(env: Bindings, additions: EdgeAdditions): Promise<BoundService> {
  const isCompiled = typeof env['CONFIGURATION'] !== 'string'
  const edge = await prepareEdge({ ...edgeHost(variablesOf(env), additions), isCompiled })
  const sagas = namespaceOf(env, edge)
  const channels = await openChannels(edge)
  return { ...edge, sagas, channels, machine: compileMachine(edge, channels), incidents: new Incidents(edge.runtime) }
}

/** A store that can be asked what is owed does without objects; what is bound under their name must be some (P19). */
function namespaceOf(env: Bindings, { binding, needsObjects }: PreparedEdge): DurableObjectNamespace | undefined {
  const sagas = env[binding]
  if (isNamespace(sagas)) return sagas
  if (sagas === undefined && needsObjects === undefined) return undefined
  const why = needsObjects === undefined ? '' : `: ${needsObjects}`
  throw invalidEdgeConfiguration([missing(sagas, `a Durable Object binding named "${binding}"${why}`)])
}

function missing(bound: unknown, expected: string): Problem {
  const path = 'persistencyManagement.configurations.binding'
  return { path, found: bound === undefined ? 'nothing' : 'a binding of another kind', expected }
}

/**
 * On the edge the texts among the bindings are the variables. A saga.json that was compiled into the bundle counts where no
 * `CONFIGURATION` is bound (C1.4): platforms bound the length of a variable.
 */
function variablesOf(env: Bindings): Record<string, string> {
  const texts = Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const own = compiled === null ? {} : { CONFIGURATION: JSON.stringify(compiled) }
  return { ...own, ...Object.fromEntries(texts) }
}

function isNamespace(binding: unknown): binding is DurableObjectNamespace {
  return typeof binding === 'object' && binding !== null && 'idFromName' in binding
}
