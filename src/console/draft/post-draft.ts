import * as v from 'valibot'
import { errorResponse } from '../../http/error-response.ts'
import type { Route } from '../../http/route.ts'
import type { ConsoleService } from '../../http/routes.ts'
import { errors } from '../../http/schemas.ts'
import { comparesWith } from './draft-deploy.ts'
import { DraftTurns } from './draft-turns.ts'
import { examineDraft, type DraftText } from './examine-draft.ts'

/** UTF-16 units of a text: twice the file of a machine of 300 states without blanks. */
const LONGEST_TEXT = 262_144
const A_DRAFT = 'the body must be an object with text'

const DRAFT_BODY: v.GenericSchema<unknown, DraftText> = v.strictObject(
  {
    text: v.pipe(
      v.string('text must be a string'),
      v.maxLength(
        LONGEST_TEXT,
        `text must not be longer than ${LONGEST_TEXT} characters: check such a file by npx batuta check saga.json`,
      ),
    ),
    flow: v.optional(v.picklist(['right', 'down'], 'flow must be "right" or "down"'), 'right'),
  },
  A_DRAFT,
)

const REPORT_SHOWN = v.strictObject({
  code: v.string(),
  level: v.picklist(['error', 'warn', 'info']),
  path: v.string(),
  line: v.optional(v.number()),
  column: v.optional(v.number()),
  found: v.string(),
  expected: v.string(),
  why: v.string(),
  mend: v.string(),
})

const STRANDING_SHOWN = v.variant('kind', [
  v.strictObject({ kind: v.literal('gone'), state: v.string(), isEnded: v.boolean() }),
  v.strictObject({ kind: v.literal('moved'), state: v.string(), to: v.string(), events: v.array(v.string()) }),
  v.strictObject({ kind: v.literal('deaf'), state: v.string(), events: v.array(v.string()) }),
  v.strictObject({ kind: v.literal('channel'), channel: v.string() }),
])

/** A draft after its check. */
export const DRAFT_SHOWN: v.GenericSchema = v.strictObject({
  reports: v.array(REPORT_SHOWN),
  unreported: v.optional(v.number()),
  svg: v.optional(v.string()),
  undrawn: v.optional(v.string()),
  deploy: v.optional(v.strictObject({ strandings: v.array(STRANDING_SHOWN), states: v.array(v.string()) })),
})

/**
 * `POST /console/draft`: checks and draws a saga.json that is sent with the request. It saves nothing, logs nothing of the text and
 * follows none of its references, so a token that reads opens it (C1.3).
 */
export function draftRoute({ bodies, runtime, checking, shown }: ConsoleService): Route {
  const turns = new DraftTurns(runtime)
  const compare = comparesWith(shown)
  return {
    method: 'POST',
    path: '/console/draft',
    guard: 'token',
    isReading: true,
    request: { body: DRAFT_BODY },
    responses: { 200: DRAFT_SHOWN, ...errors(400, 408, 413, 415, 503) },
    handle: (c) =>
      bodies.read(c, async (_, { value }) => {
        const read = v.safeParse(DRAFT_BODY, value)
        if (!read.success) return errorResponse(c, 400, read.issues.map(({ message }) => message).join('; '))
        const draft = await turns.run((breathe) => examineDraft(read.output, { ...checking, compare, breathe }))
        return draft === 'busy' ? errorResponse(c, 503, 'other drafts are being checked; send it again') : c.json(draft)
      }),
  }
}
