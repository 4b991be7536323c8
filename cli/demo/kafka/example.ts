import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import type { Example } from '../../../testing/load/example.ts'

interface ExampleFile {
  readonly machineDefinition: MachineDefinition
  readonly communicationProtocols: readonly [{ readonly configurations: ChannelNames & object }]
}

interface ChannelNames {
  readonly inputTopics: readonly [string]
  readonly outputTopics: readonly [string]
  readonly consumerGroup: string
}

/** A written saga.json, with the names of its topics. */
export interface KafkaExample extends Example {
  readonly commands: string
  readonly events: string
  readonly group: string
}

/** Writes examples/kafka/saga.json with the address of this broker into the folder. */
export function writeKafkaExample(folder: string, broker: string): KafkaExample {
  const url = new URL('../../../examples/kafka/saga.json', import.meta.url)
  const example = JSON.parse(readFileSync(url, 'utf8')) as ExampleFile
  const [channel] = example.communicationProtocols
  const configurations = { ...channel.configurations, brokers: [broker] }
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'saga.json')
  const written = { ...example, communicationProtocols: [{ ...channel, configurations }] }
  writeFileSync(path, `${JSON.stringify(written, null, 2)}\n`)
  const { inputTopics, outputTopics, consumerGroup: group } = channel.configurations
  return { path, definition: example.machineDefinition, commands: outputTopics[0], events: inputTopics[0], group }
}
