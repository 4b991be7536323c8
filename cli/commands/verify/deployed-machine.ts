import type { Configuration } from '../../../src/config/examine-configuration.ts'
import { DEFAULTS } from '../../../src/defaults.ts'
import { compile } from '../../../src/machine/compile.ts'
import { formatText } from '../check/format-text.ts'
import { inspectConfiguration } from '../check/inspect.ts'
import type { DeployedMachine } from './saga-source.ts'

/** The machine of a saga.json, with the hash that a service makes of it. */
export function deployedMachine({ machine, settings, linearPatterns }: Configuration): DeployedMachine {
  const { mergeHook, parking } = settings
  // No event is decided, so no hook is called.
  const { hash } = compile(machine, {
    merge: (metadata) => metadata,
    leaseOf: () => 0,
    hookOf: () => () => undefined,
    isLinearPattern: (source) => linearPatterns.has(source),
    mergeHook,
  })
  return { definition: machine, hash, parkingLimit: parking?.limit ?? DEFAULTS.parkedEvents }
}

/** The machine of a configuration as `GET /configuration` shows it. Throws where it cannot be read. */
export async function machineShown(shown: unknown): Promise<DeployedMachine> {
  const bytes = new TextEncoder().encode(JSON.stringify(withoutSecrets(shown as ShownFile)))
  const sources = { variable: () => undefined }
  const { configuration, reports } = await inspectConfiguration(bytes, { strict: false, sources })
  if (configuration !== undefined) return deployedMachine(configuration)
  const found = formatText(
    [{ path: 'GET /configuration', reports: reports.filter(({ level }) => level === 'error') }],
    false,
  )
  throw new Error(`read the configuration of the service: ${found.trimEnd()}`)
}

/** The parts of the file that the machine needs. */
interface ShownFile {
  readonly machineDefinition?: unknown
  readonly communicationProtocols?: readonly { readonly id?: unknown }[]
  readonly settings?: Readonly<Record<string, unknown>>
}

/** A redacted value is none that the file may have, so channels keep their ids alone, and the store is left out. */
function withoutSecrets({ machineDefinition, communicationProtocols = [], settings = {} }: ShownFile): object {
  const { deepMergeMetadata, parking, movedStates } = settings
  const channels = Array.isArray(communicationProtocols) ? communicationProtocols : []
  return {
    machineDefinition,
    communicationProtocols: channels.map(({ id }) => ({ id, ...STAND_IN })),
    persistencyManagement: {},
    settings: { deepMergeMetadata, parking, movedStates },
  }
}

const STAND_IN = { type: 'rest', configurations: { protocol: 'http', endpoint: 'stand-in', method: 'POST', retry: {} } }
