import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from './cache.ts'
import { end, launch } from './process.ts'
import { layOut } from './site.ts'

/** The classes of a broker as Java keeps them in memory, which halve the time of a start. Made of a first broker's life. */
export function classArchive(): Promise<string> {
  return once('classes.jsa', async (part) => {
    const folder = mkdtempSync(join(tmpdir(), 'batuta-kafka-'))
    try {
      const { command } = await layOut(folder)
      await end(await launch(command(`-XX:ArchiveClassesAtExit=${part}`)), 'SIGTERM')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    // Not every Java can. With an empty one it starts as without, and nobody tries again each time.
    if (!existsSync(part)) writeFileSync(part, '')
  })
}
