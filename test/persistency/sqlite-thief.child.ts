import { existsSync } from 'node:fs'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'

/** Waits without a pause for a file, tries to lock it at once, and prints the outcome. */
const [, , path = ''] = process.argv
process.stdout.write('ready\n')
while (!existsSync(path));
const db = new DatabaseSync(path)
try {
  db.prepare('BEGIN EXCLUSIVE').run()
  process.stdout.write('stolen\n')
} catch {
  process.stdout.write('refused\n')
}
