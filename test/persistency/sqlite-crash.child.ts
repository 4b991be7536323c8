import { writeSync } from 'node:fs'
import process from 'node:process'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import { create, move } from '../../testing/contract/saves.ts'

/**
 * Writes sagas side by side until it is killed and prints each acknowledgement: `<saga> <length>`. With `idle` it only holds
 * the file.
 */
const [, , path = '', mode] = process.argv
const store = openSqlite({ path, random: Math.random })
tell('open')

/** Written synchronously: a line buffered in this process would be lost with it. */
function tell(line: string): void {
  try {
    writeSync(1, `${line}\n`)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN') throw thrown
    tell(line)
  }
}

async function write(): Promise<never> {
  for (;;) {
    let saga = await create(store, { metadata: { text: 'x'.repeat(300) } })
    for (let event = 0; event < 20; event++) {
      tell(`${saga.saga.id} ${saga.saga.length}`)
      saga = await move(store, saga, 'asked again')
    }
  }
}

setInterval(() => undefined, 60_000)
if (mode !== 'idle') await Promise.all(Array.from({ length: 16 }, write))
