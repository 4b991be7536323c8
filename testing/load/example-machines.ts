import { globSync, readFileSync } from 'node:fs'
import type { MachineDefinition } from '../../src/machine/definition.ts'

/** The machines of `examples/`, each once: several examples lead the same one. */
export const EXAMPLE_MACHINES: readonly MachineDefinition[] = machinesOf(new URL('../../examples/', import.meta.url))

function machinesOf(folder: URL): readonly MachineDefinition[] {
  const files = globSync('*/saga.json', { cwd: folder }).toSorted()
  const texts = files.map((file) => {
    const { machineDefinition } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as {
      machineDefinition: object
    }
    return JSON.stringify(machineDefinition)
  })
  return [...new Set(texts)].map((text) => JSON.parse(text) as MachineDefinition)
}
