import { errorResponse } from '../../http/error-response.ts'
import { readParameters } from '../../http/read-parameters.ts'
import type { Route } from '../../http/route.ts'
import type { ConsoleService } from '../../http/routes.ts'
import { errors } from '../../http/schemas.ts'
import { PICTURE_QUERY } from '../../picture-routes/picture-query.ts'
import { comparesWith } from './draft-deploy.ts'
import { DraftTurns } from './draft-turns.ts'
import { examineDraft, type ExaminedDraft } from './examine-draft.ts'
import { DRAFT_SHOWN } from './post-draft.ts'

/** A saga.json on the machine of the service, which a person changes in an editor. */
export interface WatchedFile {
  /** Its name for people. */
  readonly name: string
  /** Its text now. Rejects with the reason where it cannot be read. */
  read(): Promise<string>
}

/**
 * `GET /console/file`: check and picture of the watched file, which is read with each request and examined once for each of its
 * contents. Its text is not answered.
 */
export function fileRoute({ runtime, checking, shown }: ConsoleService, file: WatchedFile): Route {
  const turns = new DraftTurns(runtime)
  const compare = comparesWith(shown)
  const known = new Map<string, { readonly text: string; readonly draft: ExaminedDraft }>()
  return {
    method: 'GET',
    path: '/console/file',
    guard: 'token',
    request: { query: PICTURE_QUERY },
    responses: { 200: DRAFT_SHOWN, ...errors(400, 503) },
    handle: async (c) => {
      const query = readParameters(c, PICTURE_QUERY)
      if (typeof query === 'string') return errorResponse(c, 400, query)
      const { flow } = query
      const text = await file.read().catch(() => undefined)
      if (text === undefined) return errorResponse(c, 503, `the file ${JSON.stringify(file.name)} cannot be read now`)
      const last = known.get(flow)
      if (last?.text === text) return c.json(last.draft)
      const draft = await turns.run((breathe) => examineDraft({ text, flow }, { ...checking, compare, breathe }))
      if (draft === 'busy') return errorResponse(c, 503, 'the file is being checked; send it again')
      known.set(flow, { text, draft })
      return c.json(draft)
    },
  }
}
