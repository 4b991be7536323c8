import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { mortal } from './tools.ts'

const READY = 'Kafka Server started'
/** Some seconds alone; brokers that start together on a busy machine share its processors. */
const START_LIMIT = 110_000
const STOP_LIMIT = 20_000
const TAIL = 20
/** Lines of a stack trace. */
const STACK = /^\s+(at |\.\.\. \d+ more)/

/** Arguments for Java, to be followed by the class and its properties file. */
export function javaArguments(classPath: string): string[] {
  const heap = ['-Xms64m', '-Xmx512m', '-XX:+UseSerialGC']
  const soon = ['-XX:TieredStopAtLevel=1', '-XX:-UsePerfData']
  const log = ['defaultLogLevel=warn', 'log.kafka.server.KafkaRaftServer=info', 'showDateTime=true']
  const logged = [...log, 'dateTimeFormat=HH:mm:ss.SSS'].map((setting) => `-Dorg.slf4j.simpleLogger.${setting}`)
  return [...heap, ...soon, ...logged, '-Djava.net.preferIPv4Stack=true', '-cp', classPath]
}

/** Starts a broker that is killed when this process ends. Resolves when it accepts connections. */
export async function launch(args: readonly string[], log?: (line: string) => void): Promise<ChildProcess> {
  const child = spawn(...mortal('java', args), { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  const hear = (line: string): void => {
    log?.(line)
    if (STACK.test(line)) return
    lines.push(line)
    lines.splice(0, lines.length - TAIL)
  }
  try {
    await ready(child, hear)
    return child
  } catch (cause) {
    child.kill('SIGKILL')
    throw new Error(`start a Kafka broker: ${(cause as Error).message}\n${lines.join('\n')}`, { cause })
  }
}

function ready(child: ChildProcess, hear: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`it was not ready after ${START_LIMIT} ms`)), START_LIMIT)
    child.once('error', reject)
    child.once('close', (code, signal) => reject(new Error(`it has ended with ${code ?? signal}`)))
    child.once('close', () => clearTimeout(limit))
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      ;(stream as Socket).unref()
      createInterface(stream).on('line', (line) => {
        hear(line)
        if (!line.includes(READY)) return
        clearTimeout(limit)
        child.unref() // this process may end before the broker, which is killed then
        resolve()
      })
    }
  })
}

/** Sends the signal, and SIGKILL after `STOP_LIMIT`. Resolves when the process has ended. */
export async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.ref()
  child.kill(signal)
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT)
  await gone
  clearTimeout(limit)
}
