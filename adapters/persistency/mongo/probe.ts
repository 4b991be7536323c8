import type { Instant } from '../../../src/engine/saga.ts'
import type { MongoConnection } from './connect.ts'
import { isNoSuchCommand } from './failure.ts'
import type { MongoWriter } from './write.ts'

/** Asks the primary for its time, for a read, and for a write that matches no saga. */
export class MongoProbe {
  readonly #connection: MongoConnection
  readonly #writer: MongoWriter
  #hasHello = true

  constructor(connection: MongoConnection, writer: MongoWriter) {
    this.#connection = connection
    this.#writer = writer
  }

  /** The server's time, where it tells one. Throws where any of the three fails. */
  async ask(): Promise<Instant | undefined> {
    const { sagas } = this.#connection
    const read = sagas.findOne({ sagaId: '' }, { projection: { _id: 1 } })
    const [time] = await Promise.all([this.#time(), read, this.#writer.nothing()])
    return time
  }

  /** Time of the primary (P23). Servers older than 4.4.2 know the command by another name. */
  async #time(): Promise<Instant | undefined> {
    const { db } = this.#connection
    try {
      const answer = await db.command(this.#hasHello ? { hello: 1 } : { isMaster: 1 })
      return (answer['localTime'] as Date | undefined)?.getTime()
    } catch (thrown) {
      if (!this.#hasHello || !isNoSuchCommand(thrown)) throw thrown
      this.#hasHello = false
      return this.#time()
    }
  }
}
