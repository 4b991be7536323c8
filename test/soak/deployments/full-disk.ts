import { join } from 'node:path'
import { call, eventually } from '../../services/client.ts'
import { mountDisk, whyNoDisk } from '../../services/small-disk.ts'
import type { SmallDisk } from '../../services/small-disk.ts'
import type { Deployment, Stage, Target } from '../deployment.ts'
import { openOverHttp } from './over-http.ts'

/** Megabytes: room for some thousand sagas. */
const SIZE = 24
/** Most ms until the service says that its disk is full: SQLite first uses the room that its log has. */
const NOTICED = 60_000

/** Longer than the deadline of a request, until which its save is tried again. */
const AWAY = [13_000, 16_000] as const

/** Node on a SQLite file, on a disk that is full for a while. */
export const FULL_DISK: Deployment = {
  name: 'full-disk',
  get missing() {
    return whyNoDisk()
  },
  async open(folder) {
    const disk = mountDisk(join(folder, 'disk'), SIZE)
    try {
      const stage = await openOverHttp({
        folder,
        script: 'start',
        store: { type: 'sqlite' },
        workers: 1,
        environment: { DATA_PATH: join(disk.folder, 'data') },
        close: async () => disk.unmount(),
      })
      return { ...stage, targets: [targetOf(disk, stage), ...stage.targets] }
    } catch (thrown) {
      disk.unmount()
      throw thrown
    }
  },
}

function targetOf(disk: SmallDisk, { url }: Stage): Target {
  return {
    kind: 'disk',
    away: AWAY,
    async kill() {
      disk.fill()
      // A restart does not help, so that the process counts as alive.
      const state = () => Promise.all(['/-/ready', '/-/healthz'].map((path) => call(url() + path)))
      await eventually(async () => {
        const [ready, alive] = await state()
        return ready?.status === 503 && alive?.status === 200 ? true : undefined
      }, NOTICED)
    },
    start: async () => disk.clear(),
  }
}
