import { join } from 'node:path'
import type { AcknowledgedCreation } from '../../../testing/checker/ledger-problems.ts'
import { mountDisk, whyNoDisk } from '../../services/small-disk.ts'
import type { SmallDisk } from '../../services/small-disk.ts'
import type { Deployment, Stage } from '../deployment.ts'
import { FullDisk } from './full-disk-target.ts'
import { openOverHttp } from './over-http.ts'

/** Megabytes: room for some thousand sagas. */
const SIZE = 24

/** Node on a SQLite file, on a disk that is full for a while. */
export const FULL_DISK: Deployment = {
  name: 'full-disk',
  get missing() {
    return whyNoDisk()
  },
  async open(folder) {
    const disk = mountDisk(join(folder, 'disk'), SIZE)
    try {
      return await openOn(disk, folder)
    } catch (thrown) {
      disk.unmount()
      throw thrown
    }
  },
}

async function openOn(disk: SmallDisk, folder: string): Promise<Stage> {
  const stage = await openOverHttp({
    folder,
    script: 'start',
    store: { type: 'sqlite' },
    workers: 1,
    environment: { DATA_PATH: join(disk.folder, 'data') },
    close: async () => disk.unmount(),
  })
  const created: AcknowledgedCreation[] = []
  return { ...stage, created, targets: [new FullDisk(disk, { url: stage.url, created }), ...stage.targets] }
}
