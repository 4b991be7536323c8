import { findPostgres } from './stages/postgres.ts'
import { startBatuta, startPlain } from './stages/own.ts'
import { startDbos } from './stages/dbos.ts'
import { startRestate } from './stages/restate.ts'
import type { PeerStage, StageOptions } from './stages/stage.ts'
import { install } from './install.ts'
import type { PeerName } from './names.ts'
import { RESTATE } from './settings.ts'

/** What can be measured here, and why the rest cannot. */
export interface Subjects {
  readonly starts: ReadonlyMap<PeerName, StartPeer>
  readonly absent: ReadonlyMap<PeerName, string>
}

/** Starts a peer on a new folder. */
export type StartPeer = (options: StageOptions) => Promise<PeerStage>

/** Installs the peers that have processes. */
export async function findSubjects(): Promise<Subjects> {
  const starts = new Map<PeerName, StartPeer>([
    ['batuta', startBatuta],
    ['plain', startPlain],
  ])
  const absent = new Map<PeerName, string>()
  const restate = await install('restate')
  for (const name of ['restate-1', 'restate'] as const) {
    const settings = name === 'restate' ? RESTATE.defaults : RESTATE.onePartition
    if ('reason' in restate) absent.set(name, `npm install failed: ${restate.reason}`)
    else starts.set(name, (options) => startRestate({ ...options, packages: restate.folder, settings }))
  }
  const programs = findPostgres()
  const dbos = programs === undefined ? NO_POSTGRES : await install('dbos')
  if ('reason' in dbos) absent.set('dbos', dbos.reason)
  else if (programs !== undefined)
    starts.set('dbos', (options) => startDbos({ ...options, packages: dbos.folder, programs }))
  return { starts, absent }
}

const NO_POSTGRES = { reason: 'there is no "postgres" with "initdb" on PATH: apt-get install postgresql' }
