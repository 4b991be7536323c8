/** Starts a broker, prints its pid and waits to be killed. */
import { startBroker } from '../../testing/broker/broker.ts'

const { pid } = await startBroker()
process.stdout.write(`${pid}\n`)
setInterval(() => {}, 60_000)
