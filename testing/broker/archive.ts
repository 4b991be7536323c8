import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from './cache.ts'
import { end, launch } from './process.ts'
import { makeBrokerFolder } from './broker-folder.ts'

/** A class-data archive, which halves the time of a broker's start. Java writes it at the end of a first broker. */
export function classArchive(): Promise<string> {
  return once('classes.jsa', async (part) => {
    const folder = mkdtempSync(join(tmpdir(), 'batuta-kafka-'))
    try {
      const { command } = await makeBrokerFolder(folder)
      await end(await launch(command(`-XX:ArchiveClassesAtExit=${part}`)), 'SIGTERM')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    // Some builds of Java cannot write one. An empty archive is ignored by Java, and prevents further tries.
    if (!existsSync(part)) writeFileSync(part, '')
  })
}
