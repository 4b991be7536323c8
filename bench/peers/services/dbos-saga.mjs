// The reservation on DBOS. The bench copies this file beside the packages of the peer and runs it there.
import { createServer } from 'node:http'
import process from 'node:process'
import { DBOS } from '@dbos-inc/dbos-sdk'
import { Pool } from 'undici'

const { participant, database, options, patience } = JSON.parse(process.env.PEER)
const commands = new Pool(participant, { connections: 128 })

/** Sends a command. Its key is the workflow that the participant's event goes to. */
async function send(workflow, messageLabel, messagePayload) {
  const body = JSON.stringify({ key: workflow, value: { messageLabel, messagePayload } })
  const headers = { 'content-type': 'application/json', 'idempotency-key': `${workflow}/${messageLabel}` }
  const answer = await commands.request({ method: 'POST', path: '/commands', headers, body })
  await answer.body.dump()
  if (answer.statusCode !== 202)
    throw new Error(`send "${messageLabel}": the participant answered ${answer.statusCode}`)
}

/** A command in a checkpointed step, then its event. */
async function ask(label, payload) {
  await DBOS.runStep(() => send(DBOS.workflowID, label, payload), { name: label })
  return DBOS.recv(undefined, patience)
}

const reservation = DBOS.registerWorkflow(
  async ({ metadata }) => {
    const validated = await ask('validateReservation', metadata)
    if (validated?.messageLabel !== 'validationOK') return 'reservationFailed'
    const checked = await ask('checkReservation', { ...metadata, ...validated.messagePayload })
    return checked?.messageLabel === 'checkOK' ? 'reservationConfirmed' : 'reservationFailed'
  },
  { name: 'reservation' },
)

/** `POST /saga` answers with the final state; `POST /event/<workflow>` answers when the event is in the database. */
async function answer(request) {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  const content = JSON.parse(text)
  if (request.url === '/saga') return (await DBOS.startWorkflow(reservation)(content)).getResult()
  const [, , workflow] = request.url.split('/')
  await DBOS.send(workflow, content, undefined, request.headers['idempotency-key'])
  return 'accepted'
}

DBOS.setConfig({ name: 'reservation', systemDatabaseUrl: database, ...options })
await DBOS.launch()
const server = createServer((request, response) => {
  answer(request).then(
    (result) => response.setHeader('content-type', 'application/json').end(JSON.stringify(result)),
    (error) => response.writeHead(500).end(String(error)),
  )
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ url: `http://localhost:${server.address().port}` })}\n`)
})
