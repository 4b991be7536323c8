import { once } from 'node:events'
import process from 'node:process'
import { serve } from '@hono/node-server'
import { startReservations } from './service.ts'

const { app, environment, run, stop } = await startReservations(process.env)
const server = serve({ fetch: app.fetch, port: environment.httpPort }, ({ port }) =>
  console.log(`listening on ${port}`),
)
void run()
await once(process, 'SIGTERM')
await stop(environment.shutdownTimeout, new Promise<void>((closed) => server.close(() => closed())))
