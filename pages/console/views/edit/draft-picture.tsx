import type { VNode } from 'preact'
import { useMemo, useRef } from 'preact/hooks'
import type { Draft } from '../../api/draft.ts'
import { Card } from '../../parts/card.tsx'
import { Canvas } from '../../picture/canvas.tsx'
import { drawingOf } from '../../picture/drawing.ts'
import type { Chosen } from '../../picture/highlight.ts'

interface DraftPictureProps {
  readonly draft: Draft | undefined
  /** State → number of sagas in it now. */
  readonly pills: ReadonlyMap<string, string>
  readonly onChoose?: ((chosen: Chosen | undefined) => void) | undefined
}

/** The picture of a text. While a text cannot be drawn, that of the last one that could stays, and this is said. */
export function DraftPicture({ draft, pills, onChoose }: DraftPictureProps): VNode {
  const last = useRef<string | undefined>(undefined)
  if (draft?.svg !== undefined) last.current = draft.svg
  const svg = last.current
  const drawing = useMemo(() => (svg === undefined ? undefined : drawingOf(svg)), [svg])
  return (
    <Card title="Machine">
      {draft?.undrawn !== undefined && (
        <p class="inner muted">
          {drawing === undefined ? 'No picture' : 'The picture of an earlier text'}: {draft.undrawn}.
        </p>
      )}
      <div class="picture">
        {drawing === undefined ? (
          draft === undefined && <p class="loading">Drawing …</p>
        ) : (
          <Canvas drawing={drawing} label="Picture of the machine of the text" pills={pills} onChoose={onChoose} />
        )}
      </div>
    </Card>
  )
}
