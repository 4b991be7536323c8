import type { VNode } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { act, operatorName, originHeaders, type Acted } from '../api/act.ts'
import type { ApiRequest } from '../api/request.ts'
import { curlOf } from '../text/curl.ts'
import type { Deed } from './deed.ts'
import type { Draft } from './draft.ts'
import { Copy } from './text.tsx'

interface ActionDialogProps {
  readonly deed: Deed
  /** The saga that it is about, in a few words. */
  readonly about?: string | undefined
  /** After each action that was carried out. */
  readonly onDone: () => void
  readonly onClose: () => void
}

const A_REASON = 'Give a reason: the saga keeps it with the action.'

/** Asks for the reason of an action, tries it, carries it out, and shows the answer in words. */
export function ActionDialog({ deed, about, onDone, onClose }: ActionDialogProps): VNode {
  const { title, effect, verb, hasTrial, wantsReason = true, Fields } = deed
  const [key] = useState(() => crypto.randomUUID())
  const [draft, setDraft] = useState<Draft>({})
  const [reason, setReason] = useState('')
  const [operator, setOperator] = useState(operatorName.value())
  const [acted, setActed] = useState<Acted & { readonly isTrial: boolean }>()
  const [isBusy, setBusy] = useState(false)
  const take = useCallback((next: Draft) => setDraft(next), [])
  const problem = draft.problem ?? (wantsReason && reason.trim() === '' ? A_REASON : undefined)
  const origin = { operator: wantsReason ? operator.trim() : '', reason: wantsReason ? reason.trim() : '', key }
  const request: ApiRequest = { ...deed.request(draft), headers: originHeaders(origin) }
  const isOver = acted?.isDone === true && !acted.isTrial

  const send = async (isTrial: boolean) => {
    if (problem !== undefined) return setActed({ isDone: false, words: [problem], isTrial })
    setBusy(true)
    operatorName.keep(operator.trim())
    const ended = await act(isTrial ? trialOf(request) : request)
    setBusy(false)
    setActed({ ...ended, isTrial })
    if (ended.isDone && !isTrial) onDone()
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!isOver) void send(false)
        }}
      >
        {about !== undefined && (
          <p class="muted">
            <bdi>{about}</bdi>
          </p>
        )}
        <p>{effect}</p>
        <fieldset disabled={isOver}>
          {Fields && <Fields onDraft={take} />}
          {wantsReason && <OriginFields {...{ reason, setReason, operator, setOperator }} />}
        </fieldset>
        <div role="status" class="answer">
          {acted && <Answer acted={acted} />}
        </div>
        <div class="buttons">
          <button type="button" onClick={onClose}>
            {isOver ? 'Close' : 'Cancel'}
          </button>
          {!isOver && hasTrial && (
            <button type="button" disabled={isBusy} onClick={() => void send(true)}>
              Try without changing
            </button>
          )}
          {!isOver && (
            <button type="submit" class="main" disabled={isBusy}>
              {acted?.mayRepeat === true ? `${verb} again` : verb}
            </button>
          )}
        </div>
        <details>
          <summary>As a command of the shell</summary>
          <pre tabIndex={0}>{curlOf(request)}</pre>
          <Copy text={curlOf(request)} label="Copy as curl" />
        </details>
      </form>
    </Dialog>
  )
}

function trialOf(request: ApiRequest): ApiRequest {
  return { ...request, path: `${request.path}${request.path.includes('?') ? '&' : '?'}dryRun=true` }
}

function Answer({ acted }: { readonly acted: Acted }): VNode {
  return (
    <div class={acted.isDone ? 'notice good-notice' : 'notice bad'}>
      {acted.words.map((sentence) => (
        <p key={sentence}>
          <bdi>{sentence}</bdi>
        </p>
      ))}
    </div>
  )
}

interface OriginFieldsProps {
  readonly reason: string
  readonly setReason: (text: string) => void
  readonly operator: string
  readonly setOperator: (text: string) => void
}

/** Reason and name of the operator. */
export function OriginFields({ reason, setReason, operator, setOperator }: OriginFieldsProps): VNode {
  return (
    <>
      <label for="reason">Reason, kept with the action</label>
      <input
        id="reason"
        maxLength={500}
        value={reason}
        autocomplete="off"
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <label for="operator">Your name</label>
      <input
        id="operator"
        maxLength={200}
        value={operator}
        autocomplete="name"
        placeholder="unnamed"
        onInput={(event) => setOperator(event.currentTarget.value)}
      />
    </>
  )
}

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: VNode
}

/** A modal dialog of the browser: it holds the focus, Escape closes it, and the focus goes back to where it was. */
export function Dialog({ title, onClose, children }: DialogProps): VNode {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={onClose}>
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  )
}
