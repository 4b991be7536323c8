import { Chance } from './chance.ts'
import type { FuzzResult, FuzzOptions } from './fuzz.ts'
import type { RawRecord } from './record-bytes.ts'
import { percent, rawRecord } from './records.ts'

/** Options of `fuzzKafka`, and the subject that handles the records. */
export interface KafkaFuzz extends FuzzOptions {
  readonly handle: HandleRecords
}

/** Decodes and handles the records of one batch as the consumer does; resolves with the outcome of each. */
export type HandleRecords = (records: readonly RawRecord[], world: World) => Promise<readonly Handled[]>

/** The behaviour of corridor and dead-letter topic. */
export interface World {
  /** Answers of the corridor, in turn. */
  readonly fates: readonly EventFate[]
  /** Without a topic, records that no saga can take are logged and skipped. */
  readonly topic: { readonly largest: number; readonly isCompacted: boolean; readonly outages: number } | undefined
}

/** The intake's answer to an event. */
export type EventFate = 'settled' | 'poison' | 'stuck' | 'throws'

/** The fate of one record. */
export interface Handled {
  /** `settled`, the reason of a dead letter, or `waits` where its partition does not go on. */
  readonly outcome: string
  /** Its dead letter, as read from the topic. */
  readonly letter?: FuzzedLetter
  /** True where the topic refused its dead letter, and the partition goes on. */
  readonly isPassedOver?: boolean
}

/** A dead letter. */
export interface FuzzedLetter {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer | null | (Buffer | null)[]>>
}

const MOST_FAILURES = 100
const LINE_EVERY = 100_000

/** Fuzzes the consumer with odd keys, values and headers: no record may end it, hold its partition, or be lost silently. */
export async function fuzzKafka({ inputs, seed, log, handle }: KafkaFuzz): Promise<FuzzResult> {
  const outcomes: Record<string, number> = {}
  const failures: string[] = []
  const count = (outcome: string): void => void (outcomes[outcome] = (outcomes[outcome] ?? 0) + 1)
  let done = 0
  for (let batch = 0; done < inputs; batch++) {
    const chance = new Chance(seed + batch)
    const records = Array.from({ length: Math.min(1 + chance.upTo(12), inputs - done) }, () => rawRecord(chance))
    const found = await faultsOf({ records, world: worldOf(chance) }, { handle, count })
    for (const failure of found) if (failures.length < MOST_FAILURES) failures.push(`seed ${seed + batch}: ${failure}`)
    if (Math.floor((done + records.length) / LINE_EVERY) > Math.floor(done / LINE_EVERY))
      log(`${done + records.length} records, ${failures.length} failures`)
    done += records.length
  }
  return { inputs: done, outcomes, failures }
}

const FATES: readonly EventFate[] = ['settled', 'settled', 'settled', 'poison', 'poison', 'stuck', 'throws']

function worldOf(chance: Chance): World {
  const fates = Array.from({ length: 7 }, () => chance.pick(FATES))
  if (percent(chance, 20)) return { fates, topic: undefined }
  const largest = chance.pick([1_000_000, 1_000_000, 1_000_000, 5_000, 1_200, 100])
  return {
    fates,
    topic: { largest, isCompacted: percent(chance, 20), outages: percent(chance, 10) ? chance.upTo(4) : 0 },
  }
}

interface FuzzedBatch {
  readonly records: readonly RawRecord[]
  readonly world: World
}

interface BatchHandling {
  readonly handle: HandleRecords
  readonly count: (outcome: string) => void
}

async function faultsOf({ records, world }: FuzzedBatch, { handle, count }: BatchHandling): Promise<readonly string[]> {
  try {
    const handled = await handle(records, world)
    if (handled.length !== records.length) return [`${records.length} records, ${handled.length} ends`]
    for (const { outcome, letter, isPassedOver } of handled) {
      count(outcome)
      if (letter !== undefined) count(isChanged(letter) ? 'letter, changed' : 'letter')
      if (isPassedOver === true) count('passed over')
    }
    return handled.flatMap((one, index) =>
      faultsOfRecord(records[index] as RawRecord, one, world).map(
        (fault) => `record ${index}, ${one.outcome}: ${fault}`,
      ),
    )
  } catch (thrown) {
    return [`it threw: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`]
  }
}

function faultsOfRecord(record: RawRecord, handled: Handled, { topic }: World): string[] {
  const { outcome, letter, isPassedOver } = handled
  if (outcome === 'settled') return letter === undefined ? [] : ['settled, and a dead letter too']
  // A stuck event may be money: it waits where no dead letter can be written.
  if (outcome === 'waits')
    return topic === undefined || topic.largest < SMALLEST ? [] : ['its partition does not go on']
  if (topic === undefined) return letter === undefined ? [] : ['a letter to no topic']
  if (letter === undefined) return isPassedOver === true && topic.largest < SMALLEST ? [] : ['no dead letter']
  return [...lackingHeaders(letter), ...differences(record, letter)]
}

/** A topic with a lower limit may refuse every form of a dead letter. */
const SMALLEST = 1_200

function lackingHeaders(letter: FuzzedLetter): string[] {
  const lacking = ['reason', 'why', 'topic', 'partition', 'offset', 'timestamp'].filter(
    (name) => textOf(letter, `dead-letter-${name}`) === undefined,
  )
  return lacking.map((name) => `its letter lacks dead-letter-${name}`)
}

/** Differences between record and letter that the letter does not name. */
function differences(record: RawRecord, letter: FuzzedLetter): string[] {
  const changed = textOf(letter, 'dead-letter-changed') ?? ''
  const isBare = changed.includes('left out')
  const isSame = (one: Buffer | null, other: Buffer | null): boolean =>
    one === null || other === null ? one === other : one.equals(other)
  const missing = (record.headers ?? []).filter(({ name, value }) => {
    const known = name.toString()
    if (OWN.test(known)) return false
    const values = Object.hasOwn(letter.headers, known) ? [letter.headers[known] ?? null].flat() : []
    const wanted = value ?? Buffer.alloc(0)
    if (value === null && !changed.includes('null') && !isBare) return true
    return !values.some((one) => one !== null && one.equals(wanted))
  })
  return [
    ...(isSame(record.key, letter.key) || changed.includes('key') ? [] : ['its letter has another key']),
    ...(isSame(record.value, letter.value) || isBare ? [] : ['its letter has another value']),
    ...(missing.length === 0 || isBare ? [] : [`its letter lacks ${missing.length} headers`]),
  ]
}

/** Headers that a letter writes itself, in place of those of an earlier letter. */
const OWN = /^dead-letter-(reason|why|topic|partition|offset|timestamp|changed)$/

function isChanged(letter: FuzzedLetter): boolean {
  return textOf(letter, 'dead-letter-changed') !== undefined
}

function textOf({ headers }: FuzzedLetter, name: string): string | undefined {
  const value = headers[name]
  return Buffer.isBuffer(value) ? value.toString() : undefined
}
