import type { MachinePicture, PictureState } from './machine-picture.ts'
import { LIGHT } from './svg/palette.ts'
import { visibleText } from './text/visible-text.ts'

/** Longest text in a diagram: Mermaid measures each in the browser. */
const LONGEST = 200

/**
 * Picture → a `stateDiagram-v2` of Mermaid, as GitHub and GitLab show it in Markdown. Every text of saga.json is escaped: Mermaid
 * shows it as text.
 */
export function drawMermaid(picture: MachinePicture): string {
  const { states, arrows, initial, creationEvent } = picture
  const lines = [
    'stateDiagram-v2',
    '  direction LR',
    ...states.flatMap((state, at) => stateLines(state, `s${at}`)),
    ...(initial === undefined
      ? []
      : [transition('[*]', `s${initial}`, creationEvent === undefined ? [] : [creationEvent])]),
    ...arrows.map(({ from, to, events }) => {
      const labels = events.map(({ label, business }) => (business === undefined ? label : `${label} (${business})`))
      return transition(`s${from}`, `s${to}`, labels)
    }),
    ...states.flatMap(({ isFinal }, at) => (isFinal ? [transition(`s${at}`, '[*]', [])] : [])),
    ...classLines(states),
  ]
  return `${lines.join('\n')}\n`
}

function stateLines({ id, description, command, sideEffects }: PictureState, name: string): readonly string[] {
  const sent = [
    ...(command === undefined ? [] : [`command ${command.label}${channelOf(command.channel)}`]),
    ...sideEffects.map(({ label, channel }) => `side effect ${label}${channelOf(channel)}`),
  ]
  const shown = [description, ...sent].filter((text) => text.trim() !== '')
  return [`  state "${escaped(id)}" as ${name}`, ...shown.map((text) => `  ${name} : ${escaped(text)}`)]
}

function channelOf(channel: string | undefined): string {
  return channel === undefined ? '' : ` on ${channel}`
}

function transition(from: string, to: string, labels: readonly string[]): string {
  return `  ${from} --> ${to}${labels.length === 0 ? '' : ` : ${labels.map(escaped).join('<br/>')}`}`
}

/** Signs of ASCII that may mean something to Mermaid become its entity codes. */
function escaped(text: string): string {
  const shown = visibleText(text).trim()
  const short = shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…`.toWellFormed() : shown
  const safe = short.replaceAll(SIGNS, (character) => `#${character.codePointAt(0)};`)
  return safe === '' ? '#160;' : safe
}

/** All but space, `(`, `)`, `,`, `.` and `_`. */
const SIGNS = /[!-'*+\-/:-@[-^`{-~]/g

function classLines(states: readonly PictureState[]): readonly string[] {
  const byColour = Map.groupBy([...states.entries()], ([, { business }]) => business?.colour)
  return [...byColour].flatMap(([colour, members]) => {
    if (colour === undefined) return []
    const names = members.map(([at]) => `s${at}`).join(',')
    return [
      `  classDef business${colour} stroke:${LIGHT.business[colour]},stroke-width:3px`,
      `  class ${names} business${colour}`,
    ]
  })
}
