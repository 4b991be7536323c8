import { restChannel } from '../../adapters/channel/rest.ts'
import { prometheusMetrics } from '../../adapters/metrics/prometheus.ts'
import { workerdRuntime } from '../../adapters/runtime/workerd.ts'
import type { PersistencyConfiguration } from '../../src/config/persistency-schema.ts'
import { describe } from '../../src/config/problem.ts'
import type { Problem } from '../../src/config/problem.ts'
import type { Configuration } from '../../src/config/read.ts'
import { BatutaError } from '../../src/errors.ts'
import { attachChannels } from '../../src/orchestrator/attach.ts'
import { notRemovable, prepare } from '../../src/service.ts'
import type { Host, Prepared } from '../../src/service.ts'

type ObjectStore = Extract<PersistencyConfiguration, { type: 'durable-object' }>

/** A configuration that this edge can carry out. */
export interface PreparedEdge extends Prepared {
  /** The name under which the Durable Objects are bound. */
  readonly binding: string
}

/** The store of a saga.json that names none. */
const EMBEDDED: ObjectStore = { type: 'durable-object', configurations: { binding: 'SAGAS' } }

/** Of this isolate: the Worker and the objects in it count together. */
const metrics = prometheusMetrics()

/** What the edge carries. There are no files; the stores live in the objects, so none is made here. */
export function edgeHost(variables: Host['variables']): Host {
  return {
    variables,
    runtime: (level) => workerdRuntime(level, () => undefined),
    metrics,
    channels: { rest: (configuration, { fetch }) => restChannel(configuration, fetch) },
    persistencies: {},
    embedded: EMBEDDED,
  }
}

/** Reads environment and configuration. Throws `configuration-invalid` with every problem at once, as everywhere (C1.2). */
export async function prepareEdge(host: Host): Promise<PreparedEdge> {
  const prepared = await prepare(host)
  const { configuration, runtime } = prepared
  const attached = attachChannels(configuration.channels, host.channels, runtime)
  const store = storeOf(configuration)
  const kept = configuration.settings.retention === undefined ? [] : [notRemovable(EMBEDDED.type)]
  const problems = [...(attached.ok ? [] : attached.problems), ...('found' in store ? [store] : kept)]
  if (problems.length > 0 || 'found' in store) throw invalid(problems)
  return { ...prepared, binding: store.configurations.binding }
}

/** What else is wrong, in the words of every other host. */
export function invalid(problems: readonly Problem[]): BatutaError {
  const lines = problems.map((problem) => `\n  ${describe(problem)}`)
  return new BatutaError('configuration-invalid', `read the configuration for the edge:${lines.join('')}`)
}

function storeOf({ persistency = EMBEDDED }: Configuration): ObjectStore | Problem {
  if (persistency.type === 'durable-object') return persistency
  const expected = `what this worker carries: "${EMBEDDED.type}"`
  return { path: 'persistencyManagement.type', found: `"${persistency.type}"`, expected }
}
