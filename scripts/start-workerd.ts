/**
 * `npm run start:workerd`: the edge worker on this machine, configured by the same variables as the other workers (C1.4).
 * `-- --no-objects` starts it without Durable Objects (P19).
 */
import { once } from 'node:events'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import workerd from 'workerd'
import { importHook } from '../adapters/hooks/import-hook.ts'
import type { HookSource } from '../src/config/hook-source.ts'
import { hooksModule } from '../src/config/hooks-module.ts'
import { problem, type Problem } from '../src/config/problem.ts'
import { decodeUtf8 } from '../src/config/utf8.ts'
import { messageOf } from '../src/errors.ts'
import { requireText, requireUtf8 } from '../src/configuration-errors.ts'
import { edgeHost, invalidEdgeConfiguration, prepareEdge } from '../workers/edge/prepare-edge.ts'
import type { PreparedEdge } from '../workers/edge/prepare-edge.ts'
import { UPSTASH_REDIS } from '../workers/edge/upstash-redis.ts'
import { resolveHost, describeAddress, warnIfPublic } from '../workers/listen-address.ts'
import { makeFolder } from '../workers/make-folder.ts'
import { listenError } from '../workers/listen-error.ts'
import { HEADER_VARIABLES } from '../src/config/handed-on-headers.ts'
import { bundle } from './workerd/bundle.ts'
import { capnp } from './workerd/capnp.ts'
import { referencedVariables } from './workerd/variables.ts'

/** Mode of the folder of sagas, which hold data of customers: for the service's user alone. */
const OWNER_ONLY = 0o700
/** Variables that the Worker reads; this script reads the others. */
const WORKER_VARIABLES = [
  'API_TOKEN',
  'READ_TOKEN',
  'BASE_PATH',
  'BODY_LIMIT',
  'BODIES_LIMIT',
  'REQUESTS_LIMIT',
  'BODY_TIMEOUT',
  ...HEADER_VARIABLES,
  'LOG_FORMAT',
  'LOG_LEVEL',
  'MAX_SAGA_SIZE',
  'SAGA_ID_PREFIX',
]

try {
  await start(process.env)
} catch (thrown) {
  process.stderr.write(`batuta could not start: ${messageOf(thrown)}\n`)
  process.exit(1)
}

async function start(variables: NodeJS.ProcessEnv): Promise<void> {
  const text = await configurationText(variables)
  const prepared = await prepare(variables, text)
  const { environment, runtime } = prepared
  const dataPath = resolve(environment.dataPath)
  const passed = [...WORKER_VARIABLES, ...referencedVariables(text)].filter((name) => isSet(variables[name]))
  const binding = hasObjects() ? prepared.binding : undefined
  const { needsObjects } = prepared
  if (binding === undefined && needsObjects !== undefined)
    throw invalidEdgeConfiguration([withoutObjects(needsObjects)])
  const descriptors = await descriptorLimit()
  const { hooks } = prepared.configuration
  await writeWorker(`${dataPath}/edge`, { text, hooks, binding, variables: passed, descriptors })
  await makeFolder(`${dataPath}/sagas`, 'DATA_PATH')
  await chmod(`${dataPath}/sagas`, OWNER_ONLY).catch(() => undefined) // earlier versions made it with another mode; it may have another owner
  const { httpHost, httpPort } = environment
  const host = await expectFree(httpHost, httpPort)
  const { store } = prepared
  const objects = binding !== undefined
  const address = { host: host ?? '*', port: httpPort }
  warnIfPublic(runtime.log, address, environment)
  runtime.log.write('service.listening', { ...describeAddress(address), runtime: runtime.name, store, objects })
  replaceWithWorkerd(
    `${dataPath}/edge/config.capnp`,
    describeAddress(address).address,
    directories(`${dataPath}/sagas`, objects),
  )
}

/** Throws at an unknown argument. */
function hasObjects(): boolean {
  return parseArgs({ options: { 'no-objects': { type: 'boolean' } } }).values['no-objects'] !== true
}

/** The saga.json for the Worker; empty where it cannot be read, which `prepareEdge` reports. */
async function configurationText(variables: NodeJS.ProcessEnv): Promise<string> {
  const { CONFIGURATION: text, CONFIGURATIONS_FILE_PATH: path } = variables
  if (isSet(text)) return requireUtf8(text)
  if (!isSet(path)) return ''
  const file = await readFile(path).catch(() => undefined)
  return file === undefined ? '' : requireText(decodeUtf8(file))
}

/** Reports an invalid configuration before the Worker starts. Secrets from files are invalid, since the Worker has no files. */
async function prepare(variables: NodeJS.ProcessEnv, text: string): Promise<PreparedEdge> {
  const additions = { ...UPSTASH_REDIS, loadHook: importHook }
  const host = edgeHost(isSet(text) ? { ...variables, CONFIGURATION: text } : variables, additions)
  const prepared = await prepareEdge(isSet(text) ? host : { ...host, readFile: (path) => readFile(path) })
  if (prepared.environment.httpPort > 0) return prepared
  const expected = 'a port, as workerd does not say which one it took'
  throw invalidEdgeConfiguration([problem('variable.invalid', { path: 'HTTP_PORT', found: '"0"', expected })])
}

function withoutObjects(why: string): Problem {
  const found = 'a store that needs Durable Objects'
  return problem('start.option', { path: '--no-objects', found, expected: `to start with them: ${why}` })
}

interface WorkerFiles {
  readonly text: string
  readonly hooks: readonly HookSource[]
  readonly binding: string | undefined
  readonly variables: readonly string[]
  readonly descriptors: number | undefined
}

/** Writes the Worker and workerd's configuration into the data folder, since a clone may be read-only. */
async function writeWorker(folder: string, files: WorkerFiles): Promise<void> {
  const { text, hooks, binding, variables, descriptors } = files
  await makeFolder(folder, 'DATA_PATH')
  await writeFile(`${folder}/hooks.mjs`, hooksModule(hooks))
  await bundle(`${folder}/worker.js`, { hooks: resolve(folder, 'hooks.mjs') })
  await Promise.all([
    writeFile(`${folder}/configuration.json`, text, { mode: 0o600 }), // it may hold secrets
    writeFile(`${folder}/config.capnp`, capnp(binding, variables, descriptors)),
  ])
}

/** Limit of open file descriptors, for this process and workerd after it; `undefined` without `/proc`. */
async function descriptorLimit(): Promise<number | undefined> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '')
  const soft = /^Max open files +(\d+) /m.exec(limits)?.[1]
  return soft === undefined ? undefined : Number(soft)
}

/** The IP address of `host`. Throws where the port is taken, before the log says that the service listens. */
async function expectFree(host: string | undefined, port: number): Promise<string | undefined> {
  try {
    const address = await resolveHost(host)
    const server = createServer().listen({ host: address, port })
    await once(server, 'listening')
    await new Promise((closed) => server.close(closed))
    return address
  } catch (thrown) {
    throw listenError(host, port, thrown)
  }
}

/** Replaces this process with workerd, so that signals reach workerd and no second process holds the port. */
function replaceWithWorkerd(config: string, address: string, directories: readonly string[]): void {
  const { CONFIGURATION: _, ...environment } = process.env // it may be large; workerd reads the file
  const args = ['serve', config, '--socket-addr', `http=${address}`, ...directories]
  if (process.execve === undefined) throw new Error('start workerd: this platform cannot replace a process')
  process.umask(0o077) // workerd makes its files readable by all users
  process.execve(workerd.default, [workerd.default, ...args], environment)
}

/** Paths of the folder of objects: for the objects, which write it, and for the Worker, which reads it. */
function directories(sagas: string, objects: boolean): readonly string[] {
  return (objects ? ['sagas', 'look'] : ['sagas']).flatMap((service) => ['--directory-path', `${service}=${sagas}`])
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}
