import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { mortal } from '../../../testing/broker/tools.ts'

/** Options of `startParticipant`. */
export interface KafkaParticipantOptions {
  readonly broker: string
  readonly commands: string
  readonly events: string
  /** Of its log. */
  readonly folder: string
}

/** The process of the demo's participants. */
export interface ParticipantProcess {
  /** Sends SIGTERM, then SIGKILL after a while. Resolves when the process has exited. */
  stop(): Promise<void>
}

/** Milliseconds between SIGTERM and SIGKILL. */
const PATIENCE = 3_000

/** Starts one of the services of examples/kafka as a process, with a consumer group of its own. */
export function startParticipant(
  name: 'validation' | 'check',
  { broker, commands, events, folder }: KafkaParticipantOptions,
): ParticipantProcess {
  const script = fileURLToPath(new URL(`../../../examples/kafka/services/${name}.ts`, import.meta.url))
  const place = { KAFKA_BROKERS: broker, COMMANDS_TOPIC: commands, EVENTS_TOPIC: events, CONSUMER_GROUP: groupOf(name) }
  const log = openSync(join(folder, `${name}.log`), 'a')
  const child = spawn(...mortal(process.execPath, [script]), {
    env: { ...process.env, ...place },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const gone = once(child, 'exit')
  const dies = (): boolean => child.kill('SIGKILL')
  process.once('exit', dies)
  return {
    async stop() {
      child.kill('SIGTERM')
      await Promise.race([gone, sleep(PATIENCE, undefined, { ref: false }).then(dies)])
      await gone
      process.off('exit', dies)
    },
  }
}

/** The consumer group of a participant. */
export function groupOf(name: string): string {
  return `reservation.${name}`
}
