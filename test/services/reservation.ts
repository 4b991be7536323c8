import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineDefinition } from '../../src/machine/definition.ts'

/** A saga.json as a test edits it before the worker reads it. */
export interface SagaFile {
  machineDefinition: MachineDefinition
  communicationProtocols: { id: string; type: string; configurations: Record<string, unknown> }[]
  persistencyManagement: object
  settings?: object
}

const EXAMPLE = readFileSync(join(import.meta.dirname, '../../examples/reservation/saga.json'), 'utf8')

/** The reservation as the examples have it, its channel pointing at this port. */
export function reservation(port: number, edit: (file: SagaFile) => void = () => undefined): SagaFile {
  const file = JSON.parse(EXAMPLE) as SagaFile
  for (const channel of file.communicationProtocols) channel.configurations['port'] = port
  edit(file)
  return file
}
