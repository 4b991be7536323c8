/** Starts a broker, says its pid and waits for its own end. */
import { startBroker } from '../../testing/broker/broker.ts'

const { pid } = await startBroker()
process.stdout.write(`${pid}\n`)
setInterval(() => {}, 60_000)
