import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { canTrace } from '../../test/crash/durable-run.ts'
import { startDriver } from '../drive.ts'
import type { Driver } from '../drive.ts'
import { familyNow } from '../process-family.ts'
import { PEERS, TITLES } from './names.ts'
import type { PeerName } from './names.ts'
import type { PeerStage } from './stages/stage.ts'
import type { StartPeer } from './subjects.ts'
import { syncCalls } from './sync-calls.ts'

/** Milliseconds before the tracer, for the tracer to be attached, and of the sagas under it. */
const WARM = 1_500
const ATTACH = 1_000
const TRACED = 2_000

/** How often each peer syncs a file for a saga, one in flight, counted by strace on fresh processes. One line each. */
export async function countSyncs(starts: ReadonlyMap<PeerName, StartPeer>, root: string): Promise<string> {
  if (!canTrace()) return 'Not counted here: the syncs of a saga (wants Linux with strace)'
  const lines: string[] = []
  for (const name of PEERS) {
    const start = starts.get(name)
    if (start === undefined) continue
    const counted = await syncsOf(start, join(root, `${name}-traced`)).catch(({ message }: Error) => message)
    lines.push(`  ${TITLES[name]}: ${counted}`)
  }
  return ['Calls of fsync and fdatasync for a saga, one in flight, under strace:', ...lines].join('\n')
}

async function syncsOf(start: StartPeer, folder: string): Promise<string> {
  mkdirSync(folder)
  const driver = await startDriver()
  try {
    const stage = await start({ folder, participantPort: driver.port })
    try {
      return await traced(stage, driver, join(folder, 'strace.txt'))
    } finally {
      await stage.close()
    }
  } finally {
    driver.close()
  }
}

async function traced({ url, wire, pids }: PeerStage, driver: Driver, file: string): Promise<string> {
  await driver.drive({ url, wire, pids, atOnce: 4, warmUp: 0, measure: WARM })
  const all = familyNow(pids).flatMap(({ pid }) => ['-p', String(pid)])
  const args = ['-f', '-c', '-o', file, '-e', 'trace=fsync,fdatasync', ...all]
  const strace = spawn('strace', args, { stdio: 'ignore' })
  const gone = once(strace, 'exit')
  await pause(ATTACH)
  const { rate } = await driver.drive({ url, wire, pids, atOnce: 1, warmUp: 0, measure: TRACED })
  strace.kill('SIGINT') // lets go of the processes and writes its table
  await gone
  const sagas = (rate * TRACED) / 1_000
  if (sagas === 0) return 'not counted: no saga ended in time'
  return `${(syncCalls(readFileSync(file, 'utf8')) / sagas).toFixed(1)} (${sagas.toFixed(0)} sagas)`
}
