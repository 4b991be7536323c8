import type { VNode } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Card } from '../../parts/card.tsx'
import { Copy } from '../../parts/text.tsx'
import { linesIn, type TextPart } from './places.ts'

interface EditorProps {
  readonly text: string
  readonly onText: (text: string) => void
  /** Begins again with the running file. */
  readonly onAgain: () => void
  /** The part to show; each new one is shown once. */
  readonly part: TextPart | undefined
}

/** Lines above a part that is shown. */
const ABOVE = 4

/** The text of a saga.json: typed, pasted, opened or dropped. It never leaves the page but for its check. */
export function Editor({ text, onText, onAgain, part }: EditorProps): VNode {
  const [failed, setFailed] = useState('')
  const [isOver, setOver] = useState(false)
  const take = async (file: File | null | undefined) => {
    if (file === undefined || file === null) return
    const read = await textIn(file)
    setFailed(read.ok ? '' : read.why)
    if (read.ok) onText(read.text)
  }
  const drop = (event: DragEvent) => {
    const [file] = event.dataTransfer?.files ?? []
    setOver(false)
    if (file === undefined) return
    event.preventDefault()
    void take(file)
  }
  const over = (event: DragEvent) => {
    if (event.dataTransfer?.types.includes('Files') !== true) return
    event.preventDefault()
    setOver(true)
  }
  return (
    <Card title="saga.json" aside={<Buttons text={text} onAgain={onAgain} onFile={(file) => void take(file)} />}>
      <div
        class={isOver ? 'editor is-over' : 'editor'}
        onDragOver={over}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Lines text={text} onText={onText} part={part} />
      </div>
      <p class="inner hint muted" id="editor-hint">
        Nothing is saved: the text lives in this tab, and the service forgets it after its check. Drop a file here to
        open it.
      </p>
      <p role="alert" class="bad-text">
        {failed}
      </p>
    </Card>
  )
}

interface ButtonsProps extends Pick<EditorProps, 'text' | 'onAgain'> {
  readonly onFile: (file: File | undefined) => void
}

function Buttons({ text, onAgain, onFile }: ButtonsProps): VNode {
  const input = useRef<HTMLInputElement>(null)
  const chosen = (event: Event & { readonly currentTarget: HTMLInputElement }) => {
    onFile(event.currentTarget.files?.[0])
    event.currentTarget.value = ''
  }
  return (
    <div class="buttons">
      <button type="button" class="quiet" onClick={() => input.current?.click()}>
        Open a file…
      </button>
      <input ref={input} type="file" accept=".json,application/json" hidden aria-label="File" onChange={chosen} />
      <button type="button" class="quiet" onClick={onAgain}>
        Running file
      </button>
      <Copy text={text} label="Copy" />
    </div>
  )
}

function Lines({ text, onText, part }: Pick<EditorProps, 'text' | 'onText' | 'part'>): VNode {
  const area = useRef<HTMLTextAreaElement>(null)
  const gutter = useRef<HTMLPreElement>(null)
  const lines = useMemo(() => linesIn(text), [text])
  const numbers = useMemo(() => Array.from({ length: lines }, (_, at) => at + 1).join('\n'), [lines])
  const scrolled = () => {
    if (gutter.current !== null && area.current !== null) gutter.current.scrollTop = area.current.scrollTop
  }
  useEffect(() => {
    if (area.current !== null && part !== undefined) show(area.current, part)
  }, [part])
  return (
    <>
      <pre ref={gutter} class="gutter" aria-hidden="true">
        {numbers}
        {'\n\n'}
      </pre>
      <textarea
        ref={area}
        aria-label="Text of saga.json"
        aria-describedby="editor-hint"
        wrap="off"
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        value={text}
        onInput={(event) => onText(event.currentTarget.value)}
        onScroll={scrolled}
      />
    </>
  )
}

/** Selects a part and brings it into sight. */
function show(area: HTMLTextAreaElement, { start, end, line }: TextPart): void {
  area.focus({ preventScroll: true })
  area.setSelectionRange(start, end)
  const height = Number.parseFloat(getComputedStyle(area).lineHeight)
  area.scrollTop = (line - 1 - ABOVE) * height
  area.scrollLeft = 0
  area.scrollIntoView({ block: 'nearest' })
}

type ReadText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string }

/** More than the service checks. */
const LARGEST = 4_000_000

async function textIn(file: File): Promise<ReadText> {
  const name = file.name.slice(0, 100)
  if (file.size > LARGEST) return { ok: false, why: `${name} has ${file.size} bytes, which is no saga.json.` }
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer()) }
  } catch {
    return { ok: false, why: `${name} cannot be read as UTF-8.` }
  }
}
