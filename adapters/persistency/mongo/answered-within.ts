import { MongoNetworkTimeoutError } from 'mongodb'
import { within } from '../../timing.ts'

/** The end of a command, or a time-out: the driver's own miss a command lost with its connection (see `HeartbeatWatchdog`). */
export function answeredWithin<T>(ms: number, command: Promise<T>): Promise<T> {
  return within(ms, command, () => new MongoNetworkTimeoutError(`no answer within ${ms} ms`))
}
