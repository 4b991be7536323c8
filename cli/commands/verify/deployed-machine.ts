import { examineConfiguration } from '../../../src/config/examine-configuration.ts'
import type { Configuration } from '../../../src/config/examine-configuration.ts'
import { describeProblem } from '../../../src/config/problem.ts'
import { DEFAULTS } from '../../../src/defaults.ts'
import { compile } from '../../../src/machine/compile.ts'
import type { DeployedMachine } from './saga-source.ts'

/** The machine of a saga.json, with the hash that a service makes of it. */
export function deployedMachine({ machine, settings }: Pick<Configuration, 'machine' | 'settings'>): DeployedMachine {
  const { mergeHook, parking } = settings
  // No event is decided, so no hook is called.
  const options = { merge: (metadata: object) => ({ ...metadata }), leaseOf: () => 0, hookOf: () => () => undefined }
  const { hash } = compile(machine, { ...options, mergeHook })
  return { definition: machine, hash, parkingLimit: parking?.limit ?? DEFAULTS.parkedEvents }
}

/** The machine of a configuration as `GET /configuration` shows it. Throws where it cannot be read. */
export async function machineShown(shown: unknown): Promise<DeployedMachine> {
  const text = JSON.stringify(withoutSecrets(shown as ShownFile))
  const { configuration, problems } = await examineConfiguration(text, { variable: () => undefined })
  if (configuration !== undefined) return deployedMachine(configuration)
  const [problem] = problems
  throw new Error(`read the configuration of the service: ${problem && describeProblem(problem)}`)
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
