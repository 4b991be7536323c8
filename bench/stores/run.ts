import process from 'node:process'
import type { Runtime } from '../../src/ports/runtime.ts'
import { conduct, createSaga, EVENTS_OF_SAGA, lead, recordSaga, sagaId } from './load.ts'
import { sample } from './measure.ts'
import type { WriteSample, SagaWriter } from './measure.ts'
import type { OpenSubject, StoreName, StoreSubject } from './subject.ts'

/** The order for the process of one store, on its command line; the samples are its last line of output. */
export interface StoreOrder {
  readonly store: StoreName
  readonly address: string
  readonly atOnce: readonly number[]
  readonly rounds: number
  /** Milliseconds after which no further round begins. */
  readonly budget: number
  /** Milliseconds of one measurement. */
  readonly measure: number
  readonly warmUp: number
}

/** Both samples of one round, measured in succession. */
export interface SamplePair {
  readonly steps: WriteSample
  readonly bare: WriteSample
}

export type StoreSamples = readonly { readonly atOnce: number; readonly pairs: readonly SamplePair[] }[]

const OPEN: Readonly<Record<StoreName, () => Promise<OpenSubject>>> = {
  rest: async () => (await import('./rest.ts')).openRest,
  crud: async () => (await import('./crud.ts')).openCrudSubject,
  mongo: async () => (await import('./mongo.ts')).openMongoSubject,
  'upstash-redis': async () => (await import('./upstash-redis.ts')).openUpstashRedis,
  redis: async () => (await import('./redis.ts')).openRedis,
  'deno-kv': async () => (await import('./deno-kv.ts')).openDenoKvSubject,
}

/** Assumed writes a second before the first sample: of one lane, and of many. */
const FIRST_GUESS = { each: 1_000, most: 4_000 }
let made = 1 // the first id is the recorded saga's

const order = JSON.parse(process.argv[2] ?? '') as StoreOrder
const runtime = await runtimeOf()
const subject = await (await OPEN[order.store]())(order.address, runtime, await recordSaga(runtime))
const answer = await measureAll(order, subject)
await subject.close()
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit())

async function runtimeOf(): Promise<Runtime> {
  if ('Deno' in globalThis) return (await import('../../adapters/runtime/deno.ts')).denoRuntime('error')
  return (await import('../../adapters/runtime/node.ts')).nodeRuntime('error')
}

async function measureAll(
  { atOnce, rounds, budget, measure, warmUp }: StoreOrder,
  subject: StoreSubject,
): Promise<StoreSamples> {
  const begun = performance.now()
  const orchestrator = conduct(subject.store, runtime)
  orchestrator.start()
  const steps = meter(orchestrated(orchestrator), subject)
  const alone = meter(plain(subject.bare), subject)
  for (const each of [steps, alone]) await each(Math.max(...atOnce), warmUp)
  const results = atOnce.map((lanes) => ({ atOnce: lanes, pairs: [] as SamplePair[] }))
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && performance.now() - begun > budget) break
    for (const { atOnce: lanes, pairs } of round % 2 === 0 ? results : results.toReversed()) {
      // The second one finds the machine warm, so each is first equally often.
      if (round % 2 === 0) pairs.push({ steps: await steps(lanes, measure), bare: await alone(lanes, measure) })
      else pairs.push({ bare: await alone(lanes, measure), steps: await steps(lanes, measure) })
    }
  }
  await orchestrator.stop(1_000)
  return results
}

function orchestrated(orchestrator: ReturnType<typeof conduct>): SagaWriter {
  return {
    create: (id) => createSaga(orchestrator, id),
    lead: (id, done) => lead(orchestrator, id, done),
  }
}

function plain(bare: StoreSubject['bare']): SagaWriter {
  const begun = new Map<string, string | undefined>()
  return {
    create: async (id) => void begun.set(id, await bare.create(id)),
    async lead(id, done) {
      let revision = begun.get(id)
      begun.delete(id)
      for (let number = 1; number <= EVENTS_OF_SAGA; number++) {
        revision = await bare.write(id, number, revision)
        done()
      }
    },
  }
}

/** Takes a sample with enough sagas for the last known rate. */
function meter(way: SagaWriter, subject: StoreSubject): (lanes: number, milliseconds: number) => Promise<WriteSample> {
  const rates = new Map<number, number>()
  return async (lanes, milliseconds) => {
    await subject.empty?.()
    const rate = rates.get(lanes) ?? Math.min(FIRST_GUESS.most, FIRST_GUESS.each * lanes)
    const writes = (rate * milliseconds) / 1_000
    const ids = Array.from({ length: Math.ceil(writes / EVENTS_OF_SAGA) + lanes }, () => sagaId(++made))
    const sampled = await sample(way, ids, { lanes, milliseconds })
    rates.set(lanes, sampled.rate)
    return sampled
  }
}
