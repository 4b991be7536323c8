import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { writeExample } from '../../../testing/load/example.ts'
import { startWorker } from '../../../testing/load/worker-process.ts'
import { startCommand } from '../../memory/start-command.ts'
import type { PeerStage, StageOptions } from './stage.ts'

const PLAIN = fileURLToPath(new URL('../plain-service.ts', import.meta.url))

/** This project, as `npm start` starts it, with SQLite. */
export async function startBatuta({ folder, participantPort }: StageOptions): Promise<PeerStage> {
  const { path } = writeExample({ folder, participantPort, store: 'sqlite' })
  const { args, variables } = startCommand('start')
  return startNode(folder, args, { ...variables, CONFIGURATIONS_FILE_PATH: path, DATA_PATH: folder })
}

/** The service without features. */
export function startPlain({ folder, participantPort }: StageOptions): Promise<PeerStage> {
  return startNode(folder, [PLAIN], { PARTICIPANT_PORT: String(participantPort), DATA_PATH: folder })
}

async function startNode(
  folder: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<PeerStage> {
  const worker = await startWorker({
    command: [process.execPath, ...args],
    variables,
    log: join(folder, 'service.log'),
  })
  return { url: worker.url, wire: 'batuta', pids: [worker.pid], close: async () => void (await worker.stop()) }
}
