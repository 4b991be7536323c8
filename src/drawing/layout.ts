import { layOut } from './layered/lay-out.ts'
import type { Extent, LayeredEdge } from './layered/layered-graph.ts'
import type { MachinePicture } from './machine-picture.ts'
import { cardOf, cardWithLoop } from './parts/card.ts'
import { eventBox, type EventBox } from './parts/event-box.ts'
import { placeParts } from './place/place-parts.ts'
import { inOneGo, type Steps } from './steps.ts'
import { START_SIZE, type Box, type Flow, type Layout } from './placed-picture.ts'

/** Picture → layout. The same picture gives the same layout. Time grows a little faster than states and arrows. */
export function layoutOf(picture: MachinePicture, flow: Flow = 'right'): Layout {
  return inOneGo(layoutSteps(picture, flow))
}

/** The same in steps of a few milliseconds, for a thread that has other work. */
export function* layoutSteps(picture: MachinePicture, flow: Flow): Steps<Layout> {
  const cards = picture.states.map((_, at) => cardOf(picture, at))
  const boxes = picture.arrows.map(({ events }) => eventBox(events))
  const creation = creationBox(picture)
  const { initial, arrows } = picture
  const nodes = cards.map((card) => extentOf(cardWithLoop(card, flow), flow))
  const between = [...arrows.entries()].filter(([, { from, to }]) => from !== to)
  const edges: LayeredEdge[] = between.map(([at, { from, to }]) => {
    return { from, to, label: extentOf(boxes[at] ?? NOTHING, flow) }
  })
  if (initial !== undefined) {
    edges.push({ from: nodes.length, to: initial, label: extentOf(creation ?? NOTHING, flow) })
    nodes.push({ along: START_SIZE, across: START_SIZE })
  }
  yield
  const layering = yield* layOut({ nodes, edges, first: initial === undefined ? 0 : nodes.length - 1 })
  yield
  return placeParts({ picture, flow, cards, boxes, creation, layering, between: between.map(([at]) => at) })
}

function creationBox({ creationEvent: label }: MachinePicture): EventBox | undefined {
  return label === undefined ? undefined : eventBox([{ label, isTimeout: false }])
}

const NOTHING = { width: 0, height: 0 }

function extentOf({ width, height }: Pick<Box, 'width' | 'height'>, flow: Flow): Extent {
  return flow === 'right' ? { along: width, across: height } : { along: height, across: width }
}
