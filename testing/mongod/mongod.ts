import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { freePorts } from '../broker/ports.ts'
import { end } from '../broker/process.ts'
import { mortal } from '../broker/tools.ts'
import { classPath, missing } from './classes.ts'

export { missing }

/** A MongoDB-compatible server on the loopback, with its data in memory. */
export interface Mongod {
  readonly port: number
  readonly pid: number
  /** Kills it (SIGKILL); its data are gone. Resolves when it has ended. */
  close(): Promise<void>
}

/** Options of `startMongod`. */
export interface MongodOptions {
  /** Name of the replica set that it claims to be. */
  readonly replicaSet?: string
}

const START_LIMIT = 30_000

/** Starts a server; resolves when it accepts connections. It dies with this process. */
export async function startMongod({ replicaSet }: MongodOptions = {}): Promise<Mongod> {
  const absent = missing()
  if (absent !== undefined) throw new Error(`start a MongoDB-compatible server: ${absent}`)
  const path = await classPath()
  const [port = 0] = await freePorts(1)
  const soon = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:-UsePerfData', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error']
  const set = replicaSet === undefined ? [] : [`-Dset=${replicaSet}`]
  const child = spawn(...mortal('java', [...soon, ...set, '-cp', path, 'Mongod', String(port)]), {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const leave = (): boolean => child.kill('SIGKILL')
  process.once('exit', leave)
  await listening(child)
  return {
    port,
    pid: child.pid ?? 0,
    async close() {
      process.off('exit', leave)
      await end(child, 'SIGKILL')
    },
  }
}

/** Resolves when the server listens; rejects where it ends or is late. */
function listening(child: ChildProcess): Promise<void> {
  const lines: string[] = []
  return new Promise((resolve, reject) => {
    const refuse = (why: string): void => {
      clearTimeout(limit)
      child.kill('SIGKILL')
      reject(new Error(`start a MongoDB-compatible server: ${why}\n${lines.join('\n')}`))
    }
    const limit = setTimeout(() => refuse(`it did not listen after ${START_LIMIT} ms`), START_LIMIT)
    child.once('error', ({ message }) => refuse(message))
    child.once('close', (code, signal) => refuse(`it has ended with ${code ?? signal}`))
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      ;(stream as Socket).unref()
      createInterface(stream).on('line', (line) => {
        if (lines.length < 20) lines.push(line)
        if (line !== 'listening') return
        clearTimeout(limit)
        child.unref()
        resolve()
      })
    }
  })
}
