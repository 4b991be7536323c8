import { Hono } from 'hono'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { csrf } from 'hono/csrf'
import * as v from 'valibot'
import { similarWord } from '../../src/config/nearest-word.ts'
import type { Metadata } from '../../src/engine/saga.ts'
import { isJsonType } from '../../src/http/content-headers.ts'
import { errorResponse } from '../../src/http/error-response.ts'
import { milliseconds } from '../../src/machine/duration.ts'
import { shownCommand } from './hand-commands.ts'
import type { HandCommand } from './hand-commands.ts'
import type { PlayParticipants } from './play-participants.ts'
import type { PlayClock } from './play-clock.ts'
import { PAGE_POLICY, playPage } from './play-page.ts'

/** The parts that the routes show and move. */
export interface PlayRoutesOptions {
  readonly participants: PlayParticipants
  readonly clock: PlayClock
  /** Pushes the clock by milliseconds; resolves when what was due has been done. */
  readonly push: (by: number) => Promise<void>
}

const LONGEST_BODY = 1_048_576
/** Ten years: more than any timeout that a person waits for. */
const LONGEST_PUSH = 3_650 * 86_400_000

const ANSWER = v.strictObject({
  event: v.string('event must be the label of an event'),
  payload: v.optional(v.record(v.string(), v.unknown(), 'payload must be an object'), {}),
})
const PUSH = v.strictObject({ forward: v.string('forward must be an ISO 8601 duration, such as "P3D"') })

/** The routes below `/play`, which `batuta dev` alone has: commands that wait for an answer, and the clock. */
export function playRoutes(options: PlayRoutesOptions): Hono {
  const { participants, clock } = options
  const routes = new Hono()
  routes.use(bodyLimit({ maxSize: LONGEST_BODY }), csrf())
  routes.get('/commands', (c) => c.json({ commands: participants.hand.all().map(shownCommand) }))
  routes.post('/commands/:id', (c) => answerCommand(c, participants))
  routes.delete('/commands/:id', (c) => dropCommand(c, participants))
  routes.get('/clock', (c) => c.json(clockShown(clock)))
  routes.post('/clock', (c) => pushBy(c, options))
  routes.get('/', (c) => {
    c.header('content-security-policy', PAGE_POLICY)
    return c.html(playPage({ commands: participants.hand.all(), now: clock.now(), said: c.req.query('said') }))
  })
  routes.post('/form', (c) => answerForm(c, options))
  return routes
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

async function pushBy(c: Context, { clock, push }: PlayRoutesOptions): Promise<Response> {
  const body = await jsonBody(c, PUSH)
  if (typeof body === 'string') return errorResponse(c, 400, body)
  const by = durationOf(body.forward)
  if (typeof by === 'string') return errorResponse(c, 400, by)
  await push(by)
  return c.json(clockShown(clock))
}

/** The forms of the page: an answer, or a push. It shows the page again with a sentence. */
async function answerForm(c: Context, { participants, push }: PlayRoutesOptions): Promise<Response> {
  const form = await c.req.parseBody()
  const said = await carriedOut(form, participants, push)
  return c.redirect(`../play?said=${encodeURIComponent(said)}`, 303)
}

async function carriedOut(
  { id, event, payload, forward }: Readonly<Record<string, unknown>>,
  participants: PlayParticipants,
  push: PlayRoutesOptions['push'],
): Promise<string> {
  if (typeof forward === 'string') {
    const by = durationOf(forward)
    if (typeof by === 'string') return by
    await push(by)
    return `The clock was pushed forward by ${forward}.`
  }
  const waiting = participants.hand.get(Number(id))
  if (waiting === undefined) return 'This command waits no longer.'
  const given = objectOf(typeof payload === 'string' ? payload : '')
  if (given === undefined) return 'The payload is no JSON object.'
  const refusal = eventRefusal(waiting, String(event))
  if (refusal !== undefined) return refusal
  const answer = await participants.answer(waiting, String(event), given)
  if (!answer.isOk) return `${String(event)}: ${answer.status} ${String(answer.body['message'])}`
  const { currentState } = answer.body
  return `${String(event)}: the saga is in ${typeof currentState === 'string' ? currentState : String(waiting.state)}.`
}

function objectOf(text: string): Metadata | undefined {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Metadata) : undefined
  } catch {
    return undefined
  }
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

/** Milliseconds, or a sentence. */
function durationOf(text: string): number | string {
  const by = milliseconds(text)
  if (by !== undefined && by > 0 && by <= LONGEST_PUSH) return by
  return `found the time ${JSON.stringify(text.slice(0, 100))}, expected an ISO 8601 duration above zero, at most ten years, such as "P3D"`
}

/** The body, or a sentence that says what is wrong with it. */
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

function clockShown(clock: PlayClock) {
  return { now: new Date(clock.now()).toISOString(), ahead: clock.ahead }
}
