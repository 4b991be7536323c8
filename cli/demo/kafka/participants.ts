import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { mortal } from '../../../testing/broker/tools.ts'

export interface ParticipantOptions {
  readonly broker: string
  readonly commands: string
  readonly events: string
  /** Takes what it says. */
  readonly folder: string
}

export interface ParticipantProcess {
  /** SIGTERM, and SIGKILL where that takes too long. Resolves when it is gone. */
  stop(): Promise<void>
}

/** Of somebody who waits for Ctrl-C to take effect. */
const PATIENCE = 3_000

/** One of the services of examples/kafka as a process of its own, a member of the group of its name. */
export function startParticipant(
  name: 'validation' | 'check',
  { broker, commands, events, folder }: ParticipantOptions,
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

export function groupOf(name: string): string {
  return `reservation.${name}`
}
