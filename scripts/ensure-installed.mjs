/**
 * Installs the clone as its lock file says, and checks that a Node of the right version is there. It runs before everything else, in
 * npm's `pre…` scripts and `cli/batuta.mjs`: on any Node from 18 on, without packages.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const MODULES = join(ROOT, 'node_modules')
const STAMP = join(MODULES, '.batuta-installed')
const PACKAGED_NODE = join(MODULES, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
const OLDEST = 24
/** Milliseconds after which an install counts as dead. */
const INSTALL_TIMEOUT = 10 * 60_000

/**
 * Installs missing packages; takes a few milliseconds where none is missing.
 * @returns {Promise<number>} npm's exit code, or 1 where no Node is new enough
 */
export async function ensureInstalled() {
  const lockFile = join(ROOT, 'package-lock.json')
  if (!existsSync(lockFile)) return nodeIsNewEnough() // a published package, installed by a package manager
  const wanted = readFileSync(lockFile)
  if (!isInstalled(wanted)) {
    const code = await alone(() => (isInstalled(wanted) ? 0 : install(wanted)))
    if (code !== 0) return code
  }
  return nodeIsNewEnough()
}

/** The Node that the project runs on: the one in node_modules where there is one, else the Node that runs this. */
export function nodeToUse() {
  return existsSync(PACKAGED_NODE) ? PACKAGED_NODE : process.execPath
}

function nodeIsNewEnough() {
  if (existsSync(PACKAGED_NODE) || Number.parseInt(process.versions.node, 10) >= OLDEST) return 0
  say(`run Batuta: found Node ${process.version}, expected ${OLDEST} or newer (no Node is packaged for this platform)`)
  return 1
}

/** @param {Buffer} wanted */
function isInstalled(wanted) {
  if (read(STAMP) === stampOf(wanted)) return true
  if (!holds(wanted)) return false
  writeFileSync(STAMP, stampOf(wanted)) // npm has installed it, or only the layout of the lock file changed
  return true
}

/**
 * Whether npm's record of node_modules has every package of the lock file that this platform needs.
 * @param {Buffer} wanted
 */
function holds(wanted) {
  const record = read(join(MODULES, '.package-lock.json'))
  if (record === undefined) return false
  const present = JSON.parse(record).packages
  return Object.entries(JSON.parse(wanted.toString('utf8')).packages).every(
    ([path, locked]) => !isNeeded(path, locked) || present[path]?.version === locked.version,
  )
}

/**
 * Whether npm installs a package here: an optional one only where it is made for this platform.
 * @param {string} path
 * @param {{ link?: boolean, optional?: boolean, os?: string | string[], cpu?: string | string[], libc?: string[] }} locked
 */
function isNeeded(path, { link, optional, os, cpu, libc }) {
  if (link === true || !path.startsWith('node_modules/')) return false
  if (optional !== true) return true
  return libc === undefined && [os].flat().includes(process.platform) && [cpu].flat().includes(process.arch)
}

/** @param {Buffer} wanted */
function install(wanted) {
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  say(`${existsSync(MODULES) ? 'node_modules differs from package-lock.json' : 'node_modules is missing'}: npm ci`)
  const [command, ...before] = npm()
  const { status, signal, error } = spawnSync(command, [...before, ...args], {
    cwd: ROOT,
    env: environment(),
    stdio: ['ignore', 2, 2], // stdout belongs to the command that runs next
    shell: process.platform === 'win32',
  })
  if (error !== undefined) {
    say(`install with npm: ${error.message}`)
    return 1
  }
  if (status !== 0) {
    say(
      `install with npm: npm ci ended with ${signal ?? `code ${status}`}; is the package registry reachable from here?`,
    )
    return status ?? 1
  }
  dropUnusableNode()
  writeFileSync(STAMP, stampOf(wanted))
  return 0
}

/** @param {Buffer} wanted */
function stampOf(wanted) {
  return createHash('sha256').update(wanted).update(`${process.platform} ${process.arch}`).digest('hex')
}

/** Removes a packaged Node that cannot run here (it is built for glibc): it is first in the PATH of npm's scripts. */
function dropUnusableNode() {
  if (existsSync(PACKAGED_NODE) && spawnSync(PACKAGED_NODE, ['--version']).status !== 0) rmSync(PACKAGED_NODE)
}

/**
 * The npm that started this process, on its own Node, unless that Node is in node_modules, which npm replaces.
 * @returns {[string, ...string[]]}
 */
function npm() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env
  const known = cli !== undefined && /npm-cli\.c?js$/.test(cli) && node !== undefined && !node.startsWith(MODULES + sep)
  return known && process.platform !== 'win32' ? [node, cli] : ['npm']
}

/** The environment without the options of the outer npm, which are for another command. */
function environment() {
  const misleading =
    /^npm_config_(workspaces?|global|location|prefix|omit|include|only|production|dry_run|package_lock_only)$/i
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.test(name)))
  const path = (env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.startsWith(MODULES))
  return { ...env, PATH: path.join(delimiter) }
}

/**
 * Runs `work` under a lock between processes. The lock holds its owner's process id, so that the lock of a dead process is taken over.
 * @param {() => number} work
 */
async function alone(work) {
  const lock = join(ROOT, '.batuta', 'installing')
  mkdirSync(dirname(lock), { recursive: true })
  let hasSaid = false
  while (!take(lock)) {
    if (!hasSaid) say(`another process (${read(lock) ?? 'just done'}) is installing: waiting for it`)
    hasSaid = true
    await new Promise((done) => setTimeout(done, 200))
  }
  try {
    return work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** @param {string} lock */
function take(lock) {
  const mine = `${lock}-${process.pid}`
  writeFileSync(mine, String(process.pid))
  try {
    linkSync(mine, lock) // fails where the lock exists; unlike an exclusive open, it never shows an empty lock
    return true
  } catch {
    if (!isAbandoned(lock)) return false
    rmSync(lock, { force: true })
    return take(lock)
  } finally {
    rmSync(mine, { force: true })
  }
}

/** @param {string} lock */
function isAbandoned(lock) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > INSTALL_TIMEOUT) return true
    process.kill(Number(readFileSync(lock, 'utf8')), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await ensureInstalled()
}
