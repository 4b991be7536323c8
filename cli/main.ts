import process from 'node:process'
import { batuta } from './application.ts'
import { execute } from './command-line.ts'

process.exitCode = await execute(batuta, process.argv.slice(2))
