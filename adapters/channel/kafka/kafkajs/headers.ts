import type { KafkaRecord } from '../driver.ts'

/** One header of a record. Kafka allows null values, and several headers of one name. */
export interface RecordHeader {
  readonly key: string
  readonly value: Buffer | null
}

/**
 * Header values by name, in linear time. The object has no prototype, since a producer may use any name, such as `__proto__`.
 * kafkajs copies all headers for each header, and finds values under `constructor` that the record does not have.
 */
export function headersByName(list: readonly RecordHeader[]): KafkaRecord['headers'] {
  const headers = Object.create(null) as Record<string, Buffer | null | (Buffer | null)[]>
  for (const { key, value } of list) {
    const before = headers[key]
    if (before === undefined) headers[key] = value
    else if (Array.isArray(before)) before.push(value)
    else headers[key] = [before, value]
  }
  return headers
}
