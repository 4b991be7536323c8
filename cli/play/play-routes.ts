import { Hono } from 'hono'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import * as v from 'valibot'
import { similarWord } from '../../src/config/nearest-word.ts'
import { isJsonType } from '../../src/http/content-headers.ts'
import { errorResponse } from '../../src/http/error-response.ts'
import { parseInstant } from '../../src/http/parse-instant.ts'
import { milliseconds } from '../../src/machine/duration.ts'
import { shownCommand } from './hand-commands.ts'
import type { HandCommand } from './hand-commands.ts'
import type { PlayParticipants } from './play-participants.ts'
import type { PlayTime, Push } from './play-time.ts'
import { shownParticipants } from './shown-participants.ts'

/** The parts that the routes show and move. */
export interface PlayRoutesOptions {
  readonly participants: PlayParticipants
  readonly time: PlayTime
}

const LONGEST_BODY = 1_048_576
/** Ten years: more than any timeout that a person waits for. */
const LONGEST_PUSH = 3_650 * 86_400_000

const ANSWER = v.strictObject({
  event: v.string('event must be the label of an event'),
  payload: v.optional(v.record(v.string(), v.unknown(), 'payload must be an object'), {}),
})
const PUSH = v.strictObject({
  forward: v.optional(v.string('forward must be an ISO 8601 duration, such as "P3D"')),
  to: v.optional(v.string('to must be an instant, such as "2026-01-31T12:00:00.000Z"')),
})
const COMMANDS_QUERY = v.object({
  sagaId: v.optional(v.string()),
  limit: v.optional(v.pipe(v.string(), v.digits('limit must be a number'), v.transform(Number))),
})

/** The routes below `/play`, which `batuta dev` alone has: commands that wait for an answer, and the clock. */
export function playRoutes(options: PlayRoutesOptions): Hono {
  const { participants, time } = options
  const routes = new Hono()
  routes.use(bodyLimit({ maxSize: LONGEST_BODY }))
  routes.get('/', (c) => c.redirect('console#/play'))
  routes.get('/commands', (c) => listCommands(c, participants))
  routes.get('/commands/:id', (c) => {
    const waiting = handCommand(c, participants)
    return waiting === undefined ? unknownCommand(c) : c.json(shownCommand(waiting))
  })
  routes.post('/commands/:id', (c) => answerCommand(c, participants))
  routes.delete('/commands/:id', (c) => dropCommand(c, participants))
  routes.get('/participants', (c) => c.json({ participants: shownParticipants(participants) }))
  routes.get('/clock', async (c) => c.json(await clockShown(time)))
  routes.post('/clock', (c) => pushClock(c, time))
  return routes
}

function listCommands(c: Context, { hand }: PlayParticipants): Response {
  const query = v.safeParse(COMMANDS_QUERY, c.req.query())
  if (!query.success) return errorResponse(c, 400, query.issues.map(({ message }) => message).join('; '))
  const { sagaId, limit } = query.output
  const waiting = hand.of(sagaId)
  return c.json({ commands: waiting.slice(0, limit).map(shownCommand), total: waiting.length })
}

async function answerCommand(c: Context, participants: PlayParticipants): Promise<Response> {
  const waiting = handCommand(c, participants)
  if (waiting === undefined) return unknownCommand(c)
  const body = await jsonBody(c, ANSWER)
  if (typeof body === 'string') return errorResponse(c, 400, body)
  const refusal = eventRefusal(waiting, body.event)
  if (refusal !== undefined) return errorResponse(c, 400, refusal)
  const answer = await participants.answer(waiting, body.event, body.payload)
  return c.json(answer.body, answer.status as 200)
}

function dropCommand(c: Context, participants: PlayParticipants): Response {
  const waiting = handCommand(c, participants)
  if (waiting === undefined) return unknownCommand(c)
  participants.hand.remove(waiting.id)
  return c.json(shownCommand(waiting))
}

async function pushClock(c: Context, time: PlayTime): Promise<Response> {
  const body = await jsonBody(c, PUSH)
  if (typeof body === 'string') return errorResponse(c, 400, body)
  const asked = pushOf(body, time.clock.now())
  if (typeof asked === 'string') return errorResponse(c, 400, asked)
  await time.push(asked)
  return c.json(await clockShown(time))
}

function handCommand(c: Context, { hand }: PlayParticipants): HandCommand | undefined {
  return hand.get(Number(c.req.param('id')))
}

function unknownCommand(c: Context): Response {
  const id = JSON.stringify((c.req.param('id') ?? '').slice(0, 100))
  return errorResponse(c, 404, `the command ${id} waits for no answer; GET /play/commands lists those that do`)
}

/** A sentence where the state does not list the event. */
function eventRefusal({ events }: HandCommand, event: string): string | undefined {
  if (events.includes(event)) return undefined
  const nearest = similarWord(event, events)
  const hint = nearest === undefined ? '' : `; did you mean ${JSON.stringify(nearest)}?`
  const listed = events.map((one) => JSON.stringify(one)).join(', ') || 'no event: the state lists none'
  return `found the event ${JSON.stringify(event.slice(0, 100))}, expected ${listed}${hint}`
}

/** The push, or a sentence. */
function pushOf({ forward, to }: v.InferOutput<typeof PUSH>, now: number): Push | string {
  if ((forward === undefined) === (to === undefined)) return 'expected either forward or to'
  if (to === undefined) return forwardOf(forward ?? '')
  const at = parseInstant(to)
  if (at !== undefined && at - now <= LONGEST_PUSH) return { to: at }
  return `found the instant ${JSON.stringify(to.slice(0, 100))}, expected one in ISO 8601 with a zone, at most ten years ahead, such as "2026-01-31T12:00:00.000Z"`
}

function forwardOf(text: string): Push | string {
  const forward = milliseconds(text)
  if (forward !== undefined && forward > 0 && forward <= LONGEST_PUSH) return { forward }
  return `found the time ${JSON.stringify(text.slice(0, 100))}, expected an ISO 8601 duration above zero, at most ten years, such as "P3D"`
}

/** The body, or a sentence that says what is wrong with it. A page of another origin cannot send this type without being asked for first. */
async function jsonBody<T>(c: Context, schema: v.GenericSchema<unknown, T>): Promise<T | string> {
  if (!isJsonType(c.req.header('content-type') ?? ''))
    return 'the body must be JSON, with content-type application/json'
  try {
    const read = v.safeParse(schema, await c.req.json())
    return read.success ? read.output : read.issues.map(({ message }) => message).join('; ')
  } catch {
    return 'the body is no JSON'
  }
}

async function clockShown(time: PlayTime) {
  const { clock } = time
  const next = await time.nextTimer()
  const timer = next && { ...next, at: new Date(next.at).toISOString() }
  return { now: new Date(clock.now()).toISOString(), ahead: clock.ahead, next: timer }
}
