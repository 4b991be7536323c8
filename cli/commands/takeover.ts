import { readFile } from 'node:fs/promises'
import { buildCommand } from '@stricli/core'
import type { SurveyedDocument } from '../../src/codec/stored-document.ts'
import type { Configuration } from '../../src/config/examine-configuration.ts'
import { describeProblem, problem } from '../../src/config/problem.ts'
import { readConfiguration } from '../../src/config/read-configuration.ts'
import { decodeUtf8 } from '../../src/config/utf8.ts'
import { reasonOf } from '../../src/errors.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import { loadWith } from '../../workers/peers.ts'
import { sharedStores } from '../../workers/shared-stores.ts'
import { trustingFetch } from '../../workers/trusting-fetch.ts'
import { USAGE_ERROR } from '../command-line.ts'
import type { CommandLine } from '../command-line.ts'
import { machineToRead } from '../service/checked-configuration.ts'
import { countSagas } from './takeover/count-sagas.ts'
import { formatReport, obstaclesOf, stuckObstacles } from './takeover/report.ts'
import type { TakeoverReport } from './takeover/report.ts'
import { surveyGroups } from './takeover/survey-groups.ts'

interface TakeoverFlags {
  readonly dryRun: boolean
  readonly acceptStuck: boolean
  readonly json: boolean
}

/** `batuta takeover`: reports if the sagas that Flow Manager wrote can go on here, and if its consumers have stopped. */
export const takeover = buildCommand<TakeoverFlags, [string], CommandLine>({
  docs: {
    brief: 'Look at the sagas and the consumer groups of Flow Manager before a move',
    fullDescription: [
      'Reads the whole collection of saga.json (crud or mongo) and counts the live sagas that can go on, by state, and those that cannot.',
      'Shows members, committed offsets and lag of every consumer group. No saga is written.',
      'Where the start is safe, the store is opened as a start does: MongoDB gets the missing indexes. --dry-run leaves that out.',
      'A saga that cannot go on is a reason against the start. --accept-stuck leaves such sagas where they are.',
      'Exit code: 0 where the start is safe, 1 where it is not or something does not answer, 2 where the file cannot be read.',
    ].join('\n'),
  },
  parameters: {
    flags: {
      dryRun: { kind: 'boolean', default: false, withNegated: false, brief: 'Read only; prepare nothing' },
      acceptStuck: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'Count sagas that cannot go on as no reason against the start',
      },
      json: { kind: 'boolean', default: false, withNegated: false, brief: 'Print the report as JSON' },
    },
    positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'The file', placeholder: 'saga.json' }] },
  },
  async func({ json, ...choices }, path) {
    const { stdout, stderr, env } = this.process
    let bytes: Uint8Array
    try {
      bytes = await readFile(path)
    } catch (thrown) {
      stderr.write(`look at "${path}": ${reasonOf(thrown)}\n`)
      return this.end(USAGE_ERROR)
    }
    const configuration = await configurationOf(bytes, env)
    if (!configuration.ok) {
      stderr.write(`look at the sagas of "${path}": the file has problems; batuta check shows how to mend them\n`)
      for (const one of configuration.problems) stderr.write(`  ${describeProblem(one)}\n`)
      return this.end(1)
    }
    try {
      const report = await surveyed(configuration.value, choices)
      stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : formatReport(report))
      this.end(report.obstacles.length > 0 ? 1 : 0)
    } catch (thrown) {
      stderr.write(`look at the sagas of "${path}": ${reasonOf(thrown)}\n`)
      this.end(1)
    }
  },
})

async function configurationOf(
  bytes: Uint8Array,
  env: CommandLine['process']['env'],
): ReturnType<typeof readConfiguration> {
  const decoded = decodeUtf8(bytes)
  if (!decoded.ok) return { ok: false, problems: [problem('text.encoding', { path: '', ...decoded })] }
  const sources = { readFile: (file: string) => readFile(file), variable: (name: string) => env[name] }
  return readConfiguration(decoded.text, sources)
}

async function surveyed(
  configuration: Configuration,
  { dryRun, acceptStuck }: Omit<TakeoverFlags, 'json'>,
): Promise<TakeoverReport> {
  const load = () => import('../../adapters/runtime/node.ts')
  const { nodeRuntime } = await loadWith('read the collection', ['pino', 'undici'], load)
  const runtime = nodeRuntime('silent')
  const documents = documentsOf(configuration, runtime)
  const sagas = await countSagas(documents, machineToRead(configuration))
  const groups = await surveyGroups(configuration.channels)
  const obstacles = [
    ...(acceptStuck ? [] : stuckObstacles(sagas)),
    ...obstaclesOf(sagas, groups),
    ...(await schemaObstacles(configuration, runtime)),
  ]
  const isPrepared = obstacles.length === 0 && !dryRun
  if (isPrepared) await prepare(configuration, runtime)
  return { sagas, groups, obstacles, isPrepared }
}

/** The documents of the configured collection. Throws for a store whose sagas Flow Manager cannot have written, or not list. */
function documentsOf({ persistency }: Configuration, runtime: Runtime): AsyncIterable<SurveyedDocument> {
  if (persistency?.type === 'mongo') return mongoDocuments(persistency.configurations)
  if (persistency?.type === 'crud') return crudDocuments(persistency.configurations, runtime)
  const found = persistency === undefined ? 'no store' : `the store "${persistency.type}"`
  const why = persistency?.type === 'rest' ? ', which cannot list its sagas' : ''
  throw new Error(`found ${found}${why}, expected "crud" or "mongo"`)
}

type StoreOf<Type extends string> = Extract<NonNullable<Configuration['persistency']>, { readonly type: Type }>

async function* mongoDocuments(settings: StoreOf<'mongo'>['configurations']): AsyncGenerator<SurveyedDocument> {
  const load = () => import('../../adapters/persistency/mongo/survey.ts')
  const { surveyMongo } = await loadWith('open the store "mongo"', ['mongodb'], load)
  yield* surveyMongo(settings)
}

async function* crudDocuments(
  settings: StoreOf<'crud'>['configurations'],
  runtime: Runtime,
): AsyncGenerator<SurveyedDocument> {
  const { surveyCrud } = await import('../../adapters/persistency/crud/survey.ts')
  yield* surveyCrud(settings, trustingFetch(runtime, settings.ssl))
}

/** The reason for which a start would refuse the collection of a CRUD Service (C5a). Reads only. */
async function schemaObstacles({ persistency, machine }: Configuration, runtime: Runtime): Promise<readonly string[]> {
  if (persistency?.type !== 'crud') return []
  const { openCrud } = await import('../../adapters/persistency/crud.ts')
  const { configurations } = persistency
  try {
    await (await openCrud(configurations, trustingFetch(runtime, configurations.ssl), { machine })).close()
    return []
  } catch (thrown) {
    return [reasonOf(thrown)]
  }
}

/** Opens the store as a start does and asks it if it would take a save: a missing right or index is found before the old service stops. */
async function prepare({ persistency, machine }: Configuration, runtime: Runtime): Promise<void> {
  const context = { runtime, dataPath: '', passOver: () => undefined, machine }
  const store =
    persistency?.type === 'mongo'
      ? await sharedStores.mongo?.(persistency.configurations, context)
      : persistency?.type === 'crud'
        ? await sharedStores.crud?.(persistency.configurations, context)
        : undefined
  const health = await store?.probe()
  await store?.close()
  if (health?.ok === false) throw new Error(`prepare the store: ${health.why}`)
}
