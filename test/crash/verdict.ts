import type { SagaDocument } from '../../src/codec/saga-document.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import { ledgerProblems } from '../../testing/checker/ledger-problems.ts'
import { call, eventually, insist } from '../services/client.ts'
import type { Participant } from '../services/participant.ts'
import type { AnsweredCreation } from './load.ts'

/** The sagas as the service shows them after the run; where it cannot list, the ids that were read one by one. */
export interface SagasAfterRun {
  /** Ids as `GET /sagas` lists them, repeats included. */
  readonly listed: readonly string[]
  readonly documents: ReadonlyMap<string, SagaDocument>
}

export interface SagasAtRest {
  readonly atOnce: number
  /** Most milliseconds of the wait. */
  readonly within: number
  readonly rests: (document: SagaDocument) => boolean
}

/** Waits until every saga has come to rest, and reads all of them then. A missing saga is not waited for. */
export async function readSagasAtRest(
  url: string,
  created: readonly AnsweredCreation[],
  { atOnce, within, rests }: SagasAtRest,
): Promise<SagasAfterRun> {
  let ids = created.map(({ sagaId }) => sagaId)
  await eventually(async () => {
    const documents = await readDocuments(url, ids, atOnce)
    ids = [...documents.values()].filter((document) => !rests(document)).map(({ sagaId }) => sagaId)
    return ids.length === 0 ? true : undefined
  }, within)
  return readSagas(url, created, atOnce)
}

export async function readSagas(
  url: string,
  created: readonly AnsweredCreation[],
  atOnce: number,
): Promise<SagasAfterRun> {
  const ids = created.map(({ sagaId }) => sagaId)
  const documents = await readDocuments(url, ids, atOnce)
  return { listed: (await list(url)) ?? ids, documents }
}

async function readDocuments(
  url: string,
  ids: readonly string[],
  atOnce: number,
): Promise<ReadonlyMap<string, SagaDocument>> {
  const documents = new Map<string, SagaDocument>()
  const left = [...ids]
  const lane = async () => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      // A busy service may answer 503, which is no verdict on the saga.
      const { answer } = await insist(`${url}/sagas/${id}`, {})
      if (answer.status === 200) documents.set(id, answer.json as SagaDocument)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return documents
}

async function list(url: string): Promise<readonly string[] | undefined> {
  const ids: string[] = []
  for (let cursor = ''; ;) {
    const path = `/sagas?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
    const look = () => call(url + path).catch(() => undefined)
    const { status, json } = await eventually(async () => {
      const answer = await look()
      return answer?.status === 200 || answer?.status === 501 ? answer : undefined
    })
    if (status === 501) return undefined
    const page = json as { readonly items: readonly { sagaId: string }[]; readonly next?: string }
    ids.push(...page.items.map(({ sagaId }) => sagaId))
    if (page.next === undefined) return ids
    cursor = page.next
  }
}

/** A run, and the data that it left. */
export interface CrashRun {
  readonly machine: MachineDefinition
  readonly created: readonly AnsweredCreation[]
  readonly sagas: SagasAfterRun
  /** Every command that arrived at the participant. */
  readonly received: Participant['received']
}

/** Every broken promise; empty where none is broken. */
export function brokenPromises({ machine, created, sagas, received }: CrashRun): readonly string[] {
  const { listed, documents } = sagas
  const ledgers = { machine, creations: created, arrivals: received, events: [], documents }
  return [
    ...difference('created and not listed', new Set(created.map(({ sagaId }) => sagaId)), new Set(listed)),
    ...difference('listed and not created', new Set(listed), new Set(created.map(({ sagaId }) => sagaId))),
    ...(new Set(listed).size === listed.length ? [] : ['a saga is listed twice']),
    ...ledgerProblems(ledgers).map(({ rule, sagaId = '', why }) => `saga ${sagaId}: ${why} (${rule})`),
  ]
}

function difference(what: string, these: ReadonlySet<string>, those: ReadonlySet<string>): readonly string[] {
  const left = [...these].filter((id) => !those.has(id))
  return left.length === 0 ? [] : [`${left.length} sagas ${what}: ${left.slice(0, 5).join(', ')}`]
}
