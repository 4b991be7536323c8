import { setTimeout } from 'node:timers/promises'
import { buildCommand } from '@stricli/core'
import { reasonOf } from '../../src/errors.ts'
import { milliseconds } from '../../src/machine/duration.ts'
import { USAGE_ERROR } from '../command-line.ts'
import type { CommandLine } from '../command-line.ts'
import { IDS_FLAG, idPages } from '../service/id-file.ts'
import { SERVICE_FLAGS, apiClient } from '../service/service-flags.ts'
import type { ServiceFlags } from '../service/service-flags.ts'
import { jsonText } from './operations/operation-row.ts'
import { formatSurvey } from './verify/report.ts'
import type { SagaSource } from './verify/saga-source.ts'
import type { OpenedStore } from './verify/store-source.ts'
import { survey } from './verify/survey.ts'
import type { Survey } from './verify/survey.ts'

interface VerifyFlags extends ServiceFlags {
  readonly store?: string
  readonly ids?: string
  readonly olderThan: number
  readonly shown: number
  readonly strict: boolean
}

/** `batuta verify`: judges the sagas of a deployment by the rules of the protocol, from their documents alone. */
export const verify = buildCommand<VerifyFlags, [], CommandLine>({
  docs: {
    brief: 'Judge all sagas of a deployment by the rules, and list what waits longest',
    fullDescription: [
      'Reads every saga, of a running service or with --store of the store that saga.json names, and changes none.',
      'Lists violations with the rule of docs/PROTOCOL.md that each breaks, sagas that cannot be read, the oldest commands that are not',
      'delivered, and stale sagas: not final, without timer, hold, parked event and undelivered command, for longer than --older-than.',
      'Where the store cannot list its sagas, --ids names a file of their ids; an id without a saga is found, too.',
      'Exit code: 0, 1 where there is a violation, an unreadable or a missing saga (with --strict also a stale one), 2 where not all\ncould be read.',
    ].join('\n'),
  },
  parameters: {
    flags: {
      ...SERVICE_FLAGS,
      store: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: 'Read the store of this file, not a service',
        placeholder: 'saga.json',
      },
      ids: IDS_FLAG,
      olderThan: {
        kind: 'parsed',
        parse: ageOf,
        default: 'P1D',
        brief: 'Age of stale sagas, as an ISO 8601 duration',
        placeholder: 'duration',
      },
      shown: {
        kind: 'parsed',
        parse: numberOf,
        default: '20',
        brief: 'Most entries of each list',
        placeholder: 'number',
      },
      strict: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'Stale sagas end with the exit code 1 too',
      },
    },
  },
  async func(flags) {
    const { stdout, stderr } = this.process
    const { store, url, ids, olderThan, shown, json, strict } = flags
    const failed = (why: string): void => {
      stderr.write(`verify the sagas: ${why}\n`)
      this.end(USAGE_ERROR)
    }
    if (store !== undefined && url !== undefined) return failed('found --url and --store, expected one of them')
    let source: SagaSource | undefined
    try {
      const opened = await open(flags, this.process)
      if (!opened.ok) {
        stderr.write(opened.text)
        return this.end(USAGE_ERROR)
      }
      source = opened.source
      const asked = ids === undefined ? source : named(source, ids)
      const pause = () => setTimeout(AGAIN)
      const found = await survey(asked, { now: Date.now, olderThan, shown, pause, areNamed: ids !== undefined })
      stdout.write(json ? jsonText(found) : formatSurvey(found))
      this.end(isSound(found, strict) ? 0 : 1)
    } catch (thrown) {
      failed(reasonOf(thrown))
    } finally {
      await source?.close()
    }
  },
})

/** The sagas of a file of ids, in place of those that the source lists. */
function named(source: SagaSource, path: string): SagaSource {
  return {
    machine: source.machine,
    document: (id) => source.document(id),
    close: () => source.close(),
    async *pages() {
      for await (const ids of idPages(path)) yield ids.map((sagaId) => ({ sagaId }))
    },
  }
}

/** Milliseconds before a second look at a saga that may have been at work. */
const AGAIN = 1_000

async function open(flags: VerifyFlags, process: CommandLine['process']): Promise<OpenedStore> {
  if (flags.store === undefined) {
    const { serviceSource } = await import('./verify/service-source.ts')
    return { ok: true, source: await serviceSource(apiClient(flags, process)) }
  }
  const { storeSource } = await import('./verify/store-source.ts')
  return storeSource(flags.store, process.env)
}

function isSound({ violated, unreadable, missing, stale }: Survey, strict: boolean): boolean {
  return Object.keys(violated).length + unreadable.count + missing.count === 0 && (!strict || stale.count === 0)
}

function ageOf(text: string): number {
  const age = milliseconds(text)
  if (age !== undefined) return age
  throw new Error(`read --older-than: found ${JSON.stringify(text)}, expected an ISO 8601 duration such as PT12H`)
}

function numberOf(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`read --shown: found ${JSON.stringify(text)}, expected a whole number from 1`)
}
