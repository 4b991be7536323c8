import type { RawRecord } from './record-bytes.ts'
import { chanceOf, rawRecord } from './records.ts'
import type { Chance } from './records.ts'

export interface KafkaFuzz {
  readonly inputs: number
  readonly seed: number
  /** Gets a line now and then. */
  readonly log: (line: string) => void
  readonly handle: HandleRecords
}

export interface Fuzzed {
  readonly inputs: number
  readonly outcomes: Readonly<Record<string, number>>
  /** Each with the seed of its batch; no more than the first hundred. */
  readonly failures: readonly string[]
}

/**
 * Takes the records of one batch as the consumer does, from their bytes to the end of each, and answers what became of them.
 * `world` says how the corridor and the dead-letter topic behave meanwhile.
 */
export type HandleRecords = (records: readonly RawRecord[], world: World) => Promise<readonly Handled[]>

export interface World {
  /** What the corridor makes of an event: it takes it, calls it poison, cannot write it, or throws. */
  readonly fates: readonly Fate[]
  /** Without one, what no saga can take is logged and passed over. */
  readonly topic: { readonly largest: number; readonly isCompacted: boolean; readonly outages: number } | undefined
}

export type Fate = 'settled' | 'poison' | 'stuck' | 'throws'

export interface Handled {
  /** `settled`, the reason why no saga can take it, or `waits`, where its partition does not go on. */
  readonly outcome: string
  /** Its dead letter as it can be read from the topic. */
  readonly letter?: Letter
  /** It is not in the dead-letter topic although there is one, and the partition goes on. */
  readonly isPassedOver?: boolean
}

export interface Letter {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer | null | (Buffer | null)[]>>
}

const MOST_FAILURES = 100
const LINE_EVERY = 100_000

/** Records with odd keys, values and headers: none may end the consumer or hold its partition, and none is lost without a word. */
export async function fuzzKafka({ inputs, seed, log, handle }: KafkaFuzz): Promise<Fuzzed> {
  const outcomes: Record<string, number> = {}
  const failures: string[] = []
  const count = (outcome: string): void => void (outcomes[outcome] = (outcomes[outcome] ?? 0) + 1)
  let done = 0
  for (let batch = 0; done < inputs; batch++) {
    const chance = chanceOf(seed + batch)
    const records = Array.from({ length: Math.min(1 + chance.below(12), inputs - done) }, () => rawRecord(chance))
    const found = await complaints(handle, records, worldOf(chance), count)
    for (const failure of found) if (failures.length < MOST_FAILURES) failures.push(`seed ${seed + batch}: ${failure}`)
    if (Math.floor((done + records.length) / LINE_EVERY) > Math.floor(done / LINE_EVERY))
      log(`${done + records.length} records, ${failures.length} failures`)
    done += records.length
  }
  return { inputs: done, outcomes, failures }
}

const FATES: readonly Fate[] = ['settled', 'settled', 'settled', 'poison', 'poison', 'stuck', 'throws']

function worldOf(chance: Chance): World {
  const fates = Array.from({ length: 7 }, () => chance.one(FATES))
  if (chance.percent(20)) return { fates, topic: undefined }
  const largest = chance.one([1_000_000, 1_000_000, 1_000_000, 5_000, 1_200, 100])
  return {
    fates,
    topic: { largest, isCompacted: chance.percent(20), outages: chance.percent(10) ? chance.below(4) : 0 },
  }
}

async function complaints(
  handle: HandleRecords,
  records: readonly RawRecord[],
  world: World,
  count: (outcome: string) => void,
): Promise<readonly string[]> {
  try {
    const handled = await handle(records, world)
    if (handled.length !== records.length) return [`${records.length} records, ${handled.length} ends`]
    for (const { outcome, letter, isPassedOver } of handled) {
      count(outcome)
      if (letter !== undefined) count(isChanged(letter) ? 'letter, changed' : 'letter')
      if (isPassedOver === true) count('passed over')
    }
    return handled.flatMap((one, index) => faults(records[index] as RawRecord, one, world, index))
  } catch (thrown) {
    return [`it threw: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`]
  }
}

function faults(
  record: RawRecord,
  { outcome, letter, isPassedOver }: Handled,
  { topic }: World,
  index: number,
): string[] {
  const say = (fault: string): string[] => [`record ${index}, ${outcome}: ${fault}`]
  if (outcome === 'settled') return letter === undefined ? [] : say('settled, and a dead letter too')
  // What is only stuck is an event, and may be money: it waits where there is no way out for it.
  if (outcome === 'waits')
    return topic === undefined || topic.largest < SMALLEST ? [] : say('its partition does not go on')
  if (topic === undefined) return letter === undefined ? [] : say('a letter to no topic')
  if (letter === undefined) return isPassedOver === true && topic.largest < SMALLEST ? [] : say('no dead letter')
  return [...own(letter), ...carried(record, letter)].flatMap(say)
}

/** Topics that take less than this need not take a letter. */
const SMALLEST = 1_200

function own(letter: Letter): string[] {
  const lacking = ['reason', 'why', 'topic', 'partition', 'offset', 'timestamp'].filter(
    (name) => textOf(letter, `dead-letter-${name}`) === undefined,
  )
  return lacking.map((name) => `its letter lacks dead-letter-${name}`)
}

/** Everything of the record is in the letter, or the letter says what is not. */
function carried(record: RawRecord, letter: Letter): string[] {
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

/** A letter's own headers take the place of those that the record had from an earlier one. */
const OWN = /^dead-letter-(reason|why|topic|partition|offset|timestamp|changed)$/

function isChanged(letter: Letter): boolean {
  return textOf(letter, 'dead-letter-changed') !== undefined
}

function textOf({ headers }: Letter, name: string): string | undefined {
  const value = headers[name]
  return Buffer.isBuffer(value) ? value.toString() : undefined
}
