// The reservation on Restate's SDK. The bench copies this file beside the packages of the peer and runs it there.
import { createServer } from 'node:http2'
import process from 'node:process'
import { createEndpointHandler, service } from '@restatedev/restate-sdk'
import { Pool } from 'undici'

const { participant, options } = JSON.parse(process.env.PEER)
const commands = new Pool(participant, { connections: 128 })

/** Sends a command. Its key is the awakeable that the participant's event resolves. */
async function send(awakeable, messageLabel, messagePayload) {
  const body = JSON.stringify({ key: awakeable, value: { messageLabel, messagePayload } })
  const headers = { 'content-type': 'application/json', 'idempotency-key': awakeable }
  const answer = await commands.request({ method: 'POST', path: '/commands', headers, body })
  await answer.body.dump()
  if (answer.statusCode !== 202)
    throw new Error(`send "${messageLabel}": the participant answered ${answer.statusCode}`)
}

/** A command in a journaled step, then its event. */
async function ask(ctx, label, payload) {
  const { id, promise } = ctx.awakeable()
  await ctx.run(label, () => send(id, label, payload))
  return promise
}

const reservation = service({
  name: 'Reservation',
  handlers: {
    async run(ctx, { metadata }) {
      const validated = await ask(ctx, 'validateReservation', metadata)
      if (validated.messageLabel !== 'validationOK') return 'reservationFailed'
      const checked = await ask(ctx, 'checkReservation', { ...metadata, ...validated.messagePayload })
      return checked.messageLabel === 'checkOK' ? 'reservationConfirmed' : 'reservationFailed'
    },
  },
  options,
})

const server = createServer(createEndpointHandler({ services: [reservation] }))
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ url: `http://localhost:${server.address().port}` })}\n`)
})
