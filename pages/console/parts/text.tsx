import type { ComponentChildren, VNode } from 'preact'
import { useState } from 'preact/hooks'

const MOST = 280

/** A text of the service: isolated from the direction of its neighbours, cut where it is long, whole on demand. */
export function Data({ text, most = MOST, code = false }: DataText): VNode {
  const [isWhole, setWhole] = useState(false)
  const isLong = text.length > most
  const shown = isLong && !isWhole ? `${text.slice(0, most).toWellFormed()}…` : text
  return (
    <>
      <bdi class={code ? 'data code' : 'data'}>{shown}</bdi>
      {isLong && (
        <button type="button" class="link" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'show less' : `show all ${text.length.toLocaleString('en')} characters`}
        </button>
      )}
    </>
  )
}

interface DataText {
  readonly text: string
  readonly most?: number
  readonly code?: boolean
}

/** A text in one line, cut by its width; whole in the title. */
export function Line({ text, code = false }: { readonly text: string; readonly code?: boolean }): VNode {
  return (
    <bdi class={code ? 'line code' : 'line'} title={text.slice(0, 2000)}>
      {text.slice(0, 500)}
    </bdi>
  )
}

/** A sentence about the state of things. Trouble is red. */
export function Notice({
  isBad = false,
  children,
}: {
  readonly isBad?: boolean
  readonly children: ComponentChildren
}): VNode {
  return <div class={isBad ? 'notice bad' : 'notice'}>{children}</div>
}

/** A button that copies a text. */
export function Copy({ text, label }: { readonly text: string; readonly label: string }): VNode {
  const [isDone, setDone] = useState(false)
  const copy = () => {
    void navigator.clipboard?.writeText(text).then(() => {
      setDone(true)
      setTimeout(() => setDone(false), 2000)
    })
  }
  return (
    <button type="button" class="quiet" onClick={copy} aria-live="polite">
      {isDone ? 'Copied' : label}
    </button>
  )
}
