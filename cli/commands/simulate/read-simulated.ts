import { readFile } from 'node:fs/promises'
import { reasonOf } from '../../../src/errors.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { NO_PROPERTIES } from '../../../testing/properties/properties.ts'
import type { SagaProperties } from '../../../testing/properties/properties.ts'
import { readProperties } from '../../../testing/properties/read-properties.ts'
import type { CommandLine } from '../../command-line.ts'
import type { PlayFile } from '../../play/play-schema.ts'
import { readPlayFile } from '../../play/read-play-file.ts'
import { checkedConfiguration } from '../../service/checked-configuration.ts'
import { printable } from '../../service/printable.ts'
import type { Simulated } from './seed-run.ts'
import { leftOut, simulatedService } from './simulated-service.ts'

/** Files beside the saga.json. */
export interface SimulatedFiles {
  readonly play?: string
  readonly properties?: string
}

/** What a command simulates, or a text for stderr that says which file has which problem. */
export type SimulatedRead =
  | { readonly ok: true; readonly simulated: Simulated; readonly leftOut: readonly string[] }
  | { readonly ok: false; readonly text: string }

/** Reads and checks all files of a simulation. */
export async function readSimulated(
  { path, play, properties }: SimulatedFiles & { readonly path: string },
  env: CommandLine['process']['env'],
): Promise<SimulatedRead> {
  const file = await checkedConfiguration(path, env)
  if (!file.ok) return file
  const { configuration } = file
  const { machine } = configuration
  const played = play === undefined ? NO_PLAY : await readBy(play, machine, readPlayFile)
  const judged = properties === undefined ? NOTHING : await readBy(properties, machine, readProperties)
  if (!played.ok) return played
  if (!judged.ok) return judged
  const { commands } = played.value
  const costs = Object.fromEntries(Object.entries(commands).map(([label, { cost }]) => [label, cost]))
  const service = simulatedService(configuration, played.value)
  return { ok: true, simulated: { service, properties: judged.value, costs }, leftOut: leftOut(configuration) }
}

const NO_PLAY: TextOr<PlayFile> = { ok: true, value: { commands: {} } }
const NOTHING: TextOr<SagaProperties> = { ok: true, value: NO_PROPERTIES }

type TextOr<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly text: string }

type FileRead<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] }

async function readBy<T>(
  path: string,
  machine: MachineDefinition,
  read: (text: string, machine: MachineDefinition) => FileRead<T>,
): Promise<TextOr<T>> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (thrown) {
    return { ok: false, text: `read ${JSON.stringify(path)}: ${reasonOf(thrown)}\n` }
  }
  const value = read(text, machine)
  if (value.ok) return value
  const lines = value.problems.map((line) => `  ${printable(line)}\n`)
  return { ok: false, text: `read ${JSON.stringify(path)}:\n${lines.join('')}` }
}
