import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { drawMermaid } from '../drawing/draw-mermaid.ts'
import { layoutOf } from '../drawing/layout.ts'
import { machinePicture, type PictureChannel } from '../drawing/machine-picture.ts'
import type { Flow, Layout } from '../drawing/placed-picture.ts'
import { sagaTrail, type SagaSteps } from '../drawing/saga-trail.ts'
import { drawSvg } from '../drawing/svg/draw-svg.ts'
import type { MachineDefinition } from '../machine/definition.ts'
import type { PictureParameters } from './picture-query.ts'

/** A picture as bytes to serve. */
export interface ServedPicture {
  readonly text: string
  readonly type: 'image/svg+xml' | 'text/plain; charset=utf-8'
  /** Strong validator: a hash of the text. */
  readonly etag: string
}

/** The pictures of one machine. Each layout is computed once, when it is asked for first. */
export class MachinePictures {
  readonly #layout: (flow: Flow) => Layout
  readonly #machine: (key: `${Flow} ${string}`) => ServedPicture
  readonly mermaid: () => ServedPicture

  constructor(machine: MachineDefinition, channels: readonly PictureChannel[]) {
    const picture = kept(() => machinePicture(machine, channels))
    this.#layout = kept((flow: Flow) => layoutOf(picture(), flow))
    this.#machine = kept((key) => {
      const [flow, theme] = key.split(' ') as [Flow, PictureParameters['theme'] | '']
      return served(drawSvg(this.#layout(flow), { theme: theme === '' ? undefined : theme }), 'image/svg+xml')
    })
    this.mermaid = kept(() => served(drawMermaid(picture()), 'text/plain; charset=utf-8'))
  }

  /** The machine without a saga. */
  ofMachine({ flow, theme }: PictureParameters): ServedPicture {
    return this.#machine(`${flow} ${theme ?? ''}`)
  }

  /** The machine with the path of a saga. */
  ofSaga(saga: SagaSteps, { flow, theme }: PictureParameters): ServedPicture {
    const layout = this.#layout(flow)
    return served(drawSvg(layout, { trail: sagaTrail(layout.picture, saga), theme }), 'image/svg+xml')
  }
}

function served(text: string, type: ServedPicture['type']): ServedPicture {
  return { text, type, etag: `"${bytesToHex(sha256(utf8ToBytes(text)).subarray(0, 12))}"` }
}

/** The function, which makes a value of each key once. */
function kept<T, K = void>(make: (key: K) => T): (key: K) => T {
  const values = new Map<K, { readonly value: T }>()
  return (key) => {
    const known = values.get(key) ?? { value: make(key) }
    values.set(key, known)
    return known.value
  }
}
