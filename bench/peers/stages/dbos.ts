import { mkdirSync } from 'node:fs'
import { DBOS_SERVICE } from '../settings.ts'
import { startPostgres } from './postgres.ts'
import { startSdkService } from './sdk-service.ts'
import type { PeerStage, StageOptions } from './stage.ts'

/** Options of `startDbos`. */
export interface DbosOptions extends StageOptions {
  readonly packages: string
  /** Folder with the programs of PostgreSQL. */
  readonly programs: string
}

/** PostgreSQL, and the reservation on DBOS in a process of its own. */
export async function startDbos({ folder, packages, programs, participantPort }: DbosOptions): Promise<PeerStage> {
  mkdirSync(folder, { recursive: true })
  const postgres = await startPostgres(programs, folder)
  try {
    const { options, patience } = DBOS_SERVICE
    const participant = `http://127.0.0.1:${participantPort}`
    const settings = { participant, database: postgres.url('reservation'), options, patience }
    const service = await startSdkService({ name: 'dbos-saga', packages, folder, ...DBOS_SERVICE, settings })
    const close = async (): Promise<void> => {
      await service.stop()
      await postgres.close()
    }
    return { url: service.url, wire: 'dbos', pids: [postgres.pid, service.pid], close }
  } catch (thrown) {
    await postgres.close()
    throw thrown
  }
}
