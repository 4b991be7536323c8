/**
 * `npm run start:workerd`: the edge worker on this machine, with the same variables as every other one (C1.4).
 * `-- --no-objects`: without Durable Objects, as where none are bound (P19).
 */
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import workerd from 'workerd'
import type { Problem } from '../src/config/problem.ts'
import { messageOf } from '../src/errors.ts'
import { edgeHost, invalid, prepareEdge } from '../workers/edge/prepare.ts'
import type { PreparedEdge } from '../workers/edge/prepare.ts'
import { noPort } from '../workers/port.ts'
import { bundle } from './workerd/bundle.ts'
import { capnp } from './workerd/capnp.ts'
import { referencedVariables } from './workerd/variables.ts'

/** What the Worker itself reads; the rest of the variables are this script's. */
const READ = ['API_TOKEN', 'READ_TOKEN', 'BASE_PATH', 'BODY_LIMIT', 'LOG_LEVEL', 'MAX_SAGA_SIZE', 'SAGA_ID_PREFIX']

try {
  await start(process.env)
} catch (thrown) {
  process.stderr.write(`batuta could not start: ${messageOf(thrown)}\n`)
  process.exit(1)
}

async function start(variables: NodeJS.ProcessEnv): Promise<void> {
  const text = await configurationText(variables)
  const prepared = await check(variables, text)
  const { environment, runtime } = prepared
  const dataPath = resolve(environment.dataPath)
  const lent = [...READ, ...referencedVariables(text)].filter((name) => isSet(variables[name]))
  const binding = hasObjects() ? prepared.binding : undefined
  const { needsObjects } = prepared
  if (binding === undefined && needsObjects !== undefined) throw invalid([withoutObjects(needsObjects)])
  await generate(`${dataPath}/edge`, { text, binding, variables: lent })
  await mkdir(`${dataPath}/sagas`, { recursive: true })
  const { httpPort } = environment
  await expectFree(httpPort)
  const { store } = prepared
  const objects = binding !== undefined
  runtime.log.info('listening', { url: `http://localhost:${httpPort}`, runtime: runtime.name, store, objects })
  become(`${dataPath}/edge/config.capnp`, httpPort, `${dataPath}/sagas`)
}

/** Throws at an argument that nobody knows. */
function hasObjects(): boolean {
  return parseArgs({ options: { 'no-objects': { type: 'boolean' } } }).values['no-objects'] !== true
}

/** The text that the Worker will get. Where there is none to be had, `prepare` says why. */
async function configurationText(variables: NodeJS.ProcessEnv): Promise<string> {
  const { CONFIGURATION: text, CONFIGURATIONS_FILE_PATH: path } = variables
  if (isSet(text)) return text
  return isSet(path) ? readFile(path, 'utf8').catch(() => '') : ''
}

/** Everything that would make the Worker refuse, found out before it starts; it has no files, so secrets from files are. */
async function check(variables: NodeJS.ProcessEnv, text: string): Promise<PreparedEdge> {
  const host = edgeHost(isSet(text) ? { ...variables, CONFIGURATION: text } : variables)
  const prepared = await prepareEdge(isSet(text) ? host : { ...host, readFile: (path) => readFile(path, 'utf8') })
  if (prepared.environment.httpPort > 0) return prepared
  throw invalid([{ path: 'HTTP_PORT', found: '"0"', expected: 'a port, as workerd does not say which one it took' }])
}

function withoutObjects(why: string): Problem {
  return { path: '--no-objects', found: 'a store that needs Durable Objects', expected: `to start with them: ${why}` }
}

interface Generated {
  readonly text: string
  readonly binding: string | undefined
  readonly variables: readonly string[]
}

/** In the data folder, because a clone may be read-only. */
async function generate(folder: string, { text, binding, variables }: Generated): Promise<void> {
  await mkdir(folder, { recursive: true })
  await bundle(`${folder}/worker.js`)
  await Promise.all([
    writeFile(`${folder}/configuration.json`, text, { mode: 0o600 }), // a secret may stand in it as it is
    writeFile(`${folder}/config.capnp`, capnp(binding, variables)),
  ])
}

/** Found out before somebody reads that we listen. */
async function expectFree(port: number): Promise<void> {
  const server = createServer().listen(port)
  await once(server, 'listening').catch((thrown) => {
    throw noPort(port, thrown)
  })
  await new Promise((closed) => server.close(closed))
}

/** This process becomes workerd: whoever stops it, stops workerd, and nothing is left that holds the port. */
function become(config: string, port: number, sagas: string): void {
  const { CONFIGURATION: _, ...environment } = process.env // it may be large, and workerd reads it from the file
  const args = ['serve', config, '--socket-addr', `http=*:${port}`, '--directory-path', `sagas=${sagas}`]
  if (process.execve === undefined) throw new Error('become workerd: this platform cannot replace a process')
  process.execve(workerd.default, [workerd.default, ...args], environment)
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}
