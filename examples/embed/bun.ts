import process from 'node:process'
import { startReservations } from './service.ts'

const { app, environment, run, stop } = await startReservations(process.env)
const server = Bun.serve({ port: environment.httpPort, fetch: (request) => app.fetch(request) })
console.log(`listening on ${server.port}`)
void run()
process.once('SIGTERM', () => void stop(environment.shutdownTimeout, server.stop()).then(() => process.exit(0)))
