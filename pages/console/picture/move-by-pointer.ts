/** Pixels after which a press is a move and no click. */
const SLACK = 4

/** Lets a mouse move a surface that scrolls. Touch and keys scroll it anyway. Returns the end of it. */
export function moveByPointer(surface: HTMLElement): () => void {
  let last: { readonly x: number; readonly y: number } | undefined
  let isMoving = false
  const down = ({ pointerType, button, clientX, clientY }: PointerEvent) => {
    if (pointerType === 'mouse' && button === 0) last = { x: clientX, y: clientY }
    isMoving = false
  }
  const move = ({ pointerId, clientX, clientY }: PointerEvent) => {
    if (last === undefined) return
    const [x, y] = [last.x - clientX, last.y - clientY]
    if (!isMoving && Math.abs(x) + Math.abs(y) < SLACK) return
    if (!isMoving) surface.setPointerCapture(pointerId)
    isMoving = true
    surface.scrollBy(x, y)
    last = { x: clientX, y: clientY }
  }
  const up = () => void (last = undefined)
  const click = (event: MouseEvent) => {
    if (isMoving) event.stopPropagation()
    isMoving = false
  }
  const ended = new AbortController()
  const { signal } = ended
  surface.addEventListener('pointerdown', down, { signal })
  surface.addEventListener('pointermove', move, { signal })
  surface.addEventListener('pointerup', up, { signal })
  surface.addEventListener('pointercancel', up, { signal })
  surface.addEventListener('click', click, { signal, capture: true })
  return () => ended.abort()
}
