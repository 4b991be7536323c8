import { present } from '../../live/clock.ts'
import { encoded } from '../../address.ts'
import type { Channel, SagaDocument, SagaPage } from '../../api/documents.ts'
import { ask, refusal } from '../../api/request.ts'
import { exactJson } from '../../text/exact-json.ts'
import { causesOf, questionsOf, type Answered, type Cause, type Question } from './causes.ts'

/** All trouble at one look. */
export interface Trouble {
  readonly causes: readonly Cause[]
  readonly channels: readonly Channel[]
  /** Why some of it is not known. */
  readonly unknown?: string | undefined
}

/** Asks the store for the sagas that need a person, one question at a time. Throws where there is no answer. */
export async function readTrouble(standing: number, signal: AbortSignal): Promise<Trouble> {
  const channels = (await read<{ items: readonly Channel[] }>('channels', signal)).data?.items ?? []
  const since = new Date(present() - standing * 1000).toISOString()
  const answered: Answered[] = []
  let unknown: string | undefined
  for (const question of questionsOf(
    channels.map(({ id }) => id),
    since,
  )) {
    const { data, refused } = await read<SagaPage>(`${pathOf(question.filter, 1)}&counts=true`, signal)
    if (data?.counts !== undefined) answered.push({ ...question, counts: data.counts })
    unknown ??= refused ?? data?.uncounted
  }
  return { causes: causesOf(answered), channels, unknown }
}

/** A few sagas of a cause, whole. */
export async function readSamples(cause: Cause, signal: AbortSignal): Promise<readonly SagaDocument[]> {
  const page = await read<SagaPage>(pathOf(cause.filter, SAMPLES), signal)
  const sagas: SagaDocument[] = []
  for (const { sagaId } of page.data?.items ?? []) {
    const { data } = await read<SagaDocument>(`sagas/${encoded(sagaId)}`, signal)
    if (data !== undefined) sagas.push(data)
  }
  return sagas
}

const SAMPLES = 8

function pathOf(filter: Question['filter'], limit: number): string {
  return `sagas?${new URLSearchParams({ ...filter, limit: String(limit) }).toString()}`
}

async function read<T>(path: string, signal: AbortSignal): Promise<{ readonly data?: T; readonly refused?: string }> {
  const answer = await ask({ method: 'GET', path, signal })
  return answer.isOk ? { data: exactJson(answer.text) as T } : { refused: refusal(answer) }
}
