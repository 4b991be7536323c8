import { useEffect, useState } from 'preact/hooks'
import type { Draft } from '../../api/draft.ts'
import { ask, refusal } from '../../api/request.ts'

/** The newest check of a text. */
export interface CheckedDraft {
  /** The text that was checked, and its result. */
  readonly text?: string
  readonly draft?: Draft
  /** The refusal of the newest text, as a sentence. */
  readonly refused?: string
}

/** Milliseconds without a key until the text is checked, and between two tries. */
const QUIET = 350
const RETRY = 2000

/**
 * Checks a text whenever it has not changed for a moment, and draws it downwards, as the text beside the picture goes. The result of an
 * earlier text stays until there is one of the newest.
 */
export function useDraft(text: string): CheckedDraft {
  const [checked, setChecked] = useState<CheckedDraft>({})
  useEffect(() => {
    const ended = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const later = (wait: number) => void (timer = setTimeout(() => void check(), wait))
    const check = async () => {
      try {
        const request = { method: 'POST', path: 'console/draft', body: JSON.stringify({ text, flow: 'down' }) } as const
        const answer = await ask({ ...request, signal: ended.signal })
        if (answer.isOk) setChecked({ text, draft: JSON.parse(answer.text) as Draft })
        else if (answer.status === 503) later(RETRY)
        else setChecked((before) => ({ ...before, refused: refusal(answer) }))
      } catch {
        if (!ended.signal.aborted) later(RETRY)
      }
    }
    later(checked.text === undefined ? 0 : QUIET)
    return () => {
      ended.abort()
      clearTimeout(timer)
    }
  }, [text])
  return checked
}
