import process from 'node:process'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import { create } from '../../testing/contract/saves.ts'
import { linesOf } from './lines.ts'

/** Opens a file, then creates a saga for each line it reads; prints each result as a line of JSON. */
const [, , path = ''] = process.argv

async function told(run: () => unknown): Promise<void> {
  const answer = await Promise.resolve()
    .then(run)
    .then(
      () => ({ ok: true }),
      (thrown: { code?: string; message?: string }) => ({ ok: false, code: thrown.code, why: thrown.message }),
    )
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

let store: ReturnType<typeof openSqlite> | undefined
await told(() => (store = openSqlite({ path, random: Math.random })))
const opened = store
if (opened === undefined) process.exit(1)
linesOf(process.stdin, (line) => {
  if (line === 'write') void told(() => create(opened))
  else void opened.close().then(() => process.exit(0))
})
