import { startReservations } from './service.ts'

const { app, environment, run, stop } = await startReservations(Deno.env.toObject())
const onListen = ({ port }: { port: number }) => console.log(`listening on ${port}`)
const server = Deno.serve({ port: environment.httpPort, onListen }, (request) => app.fetch(request))
void run()
Deno.addSignalListener(
  'SIGTERM',
  () => void stop(environment.shutdownTimeout, server.shutdown()).then(() => Deno.exit(0)),
)
