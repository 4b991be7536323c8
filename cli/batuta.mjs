#!/usr/bin/env node
/**
 * The command `batuta`. It starts on any Node from 18 on, installs the clone where that is missing, and runs `main` on the Node of
 * the project.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { ensureInstalled, nodeToUse } from '../scripts/ensure-installed.mjs'

const code = await ensureInstalled()
if (code !== 0) process.exit(code)

/** TypeScript in the clone, JavaScript in the published package: Node strips no types below node_modules. */
const built = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const source = fileURLToPath(new URL('main.ts', import.meta.url))
const main = existsSync(source) ? source : built

// Not detached: the child stays in this process group and dies with it.
const child = spawn(nodeToUse(), [main, ...process.argv.slice(2)], { stdio: 'inherit' })

/** A terminal interrupts the whole process group, the child included; any other sender interrupts this process alone. */
const fromTerminal = process.stdin.isTTY
process.on('SIGINT', () => fromTerminal || child.kill('SIGINT'))
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP', 'SIGUSR2']))
  process.on(signal, () => child.kill(signal))

child.on('error', (error) => {
  process.stderr.write(`start ${main}: ${error.message}\n`)
  process.exitCode = 1
})
child.on('exit', (status, signal) => {
  process.exitCode = status ?? 128 + (signal === null ? 0 : constants.signals[signal])
})
