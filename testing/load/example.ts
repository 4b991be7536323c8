import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineDefinition } from '../../src/machine/definition.ts'

interface ExampleConfiguration {
  readonly machineDefinition: MachineDefinition
  readonly communicationProtocols: readonly { readonly configurations: object }[]
  readonly persistencyManagement: object
}

/** Options of `writeExample`. */
export interface ExampleOptions {
  /** Folder for its `saga.json`; created if missing. */
  readonly folder: string
  readonly participantPort: number
  /** Default: the host's embedded store. */
  readonly store?: 'memory' | 'sqlite' | undefined
}

/** A written saga.json. */
export interface Example {
  readonly path: string
  readonly definition: MachineDefinition
}

/** Writes the reservation example with the port of its participant. */
export function writeExample({ folder, participantPort, store }: ExampleOptions): Example {
  const example = readExample()
  const communicationProtocols = example.communicationProtocols.map((channel) => ({
    ...channel,
    configurations: { ...channel.configurations, port: participantPort },
  }))
  const persistencyManagement = store === undefined ? {} : { type: store, configurations: {} }
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'saga.json')
  writeFileSync(path, `${JSON.stringify({ ...example, communicationProtocols, persistencyManagement }, null, 2)}\n`)
  return { path, definition: example.machineDefinition }
}

/** The reservation: three states in a row lead to its confirmation. */
export function readExample(): ExampleConfiguration {
  const url = new URL('../../examples/reservation/saga.json', import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8')) as ExampleConfiguration
}

/** Blanks the variables of the user's own service, so that they do not reach one started here. */
export const BLANK: Readonly<Record<string, string>> = {
  CONFIGURATION: '',
  SAGA_ID_PREFIX: '',
  BASE_PATH: '',
  API_TOKEN: '',
  READ_TOKEN: '',
  BODY_LIMIT: '',
  BODIES_LIMIT: '',
  BODY_TIMEOUT: '',
  SHUTDOWN_TIMEOUT: '',
  LOG_FORMAT: '',
}
