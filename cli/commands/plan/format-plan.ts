import { printable } from '../../service/printable.ts'
import { printableJson, quoted } from '../../service/quoted.ts'
import { table } from '../../service/table.ts'
import type { AskedService, DeployPlan, PlannedEffect } from './deploy-plan.ts'
import { effectText } from './effect-text.ts'
import type { FileChange } from './file-change.ts'

/** A plan for people. */
export function formatPlan(plan: DeployPlan): string {
  const { changes, effects, service } = plan
  const care = effects.filter(({ needsCare }) => needsCare)
  const others = effects.filter(({ needsCare }) => !needsCare)
  return [
    changes.length === 0 ? 'no changes\n' : table(['CHANGE', 'OF', 'BEFORE', 'AFTER'], changes.map(changeRow)),
    serviceText(service),
    part(service?.open === undefined ? 'sagas that would need care' : 'sagas that need care', care, plan) +
      (care.length === 0 ? '' : MENDS),
    part('also', others, plan),
    adviceText(plan),
    `${verdict(plan, care)}\n`,
  ]
    .filter((text) => text !== '')
    .join('\n')
}

const MENDS =
  '  keep what goes until no saga needs it, name new states in settings.movedStates, or move the sagas first\n'

function part(title: string, effects: readonly PlannedEffect[], plan: DeployPlan): string {
  const lines = effects.map((effect) => `  ${printable(effectText(effect, plan))}\n${idsText(effect)}`)
  return lines.length === 0 ? '' : `${title}\n${lines.join('')}`
}

/** Ids of an effect on a line of their own. */
function idsText({ ids = [], sagas = 0 }: PlannedEffect): string {
  if (ids.length === 0) return ''
  return `    ${ids.length < sagas ? 'such as ' : ''}${printable(ids.join(', '))}\n`
}

function changeRow({ kind, state, event, channel, key, before, after }: FileChange): readonly (string | undefined)[] {
  const of = [state, event, channel, key].filter((name) => name !== undefined && name !== '').join(' / ')
  return [kind, short(of), valueText(before), valueText(after)]
}

/** Characters of a value in a table. */
const LONGEST = 60

function valueText(value: unknown): string {
  if (value === undefined) return ''
  return short(typeof value === 'string' ? value : JSON.stringify(value))
}

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1).toWellFormed()}…` : text
}

function serviceText(service: AskedService | undefined): string {
  if (service === undefined) return ''
  const { url, hasOldMachine, open, isComplete, unknown } = service
  const sagas =
    open === undefined
      ? `its sagas are not known: ${unknown ?? ''}`
      : `${isComplete === false ? 'at least ' : ''}${open} open ${open === 1 ? 'saga' : 'sagas'}`
  const lines = [
    `${url}: ${sagas}`,
    ...(hasOldMachine ? [] : [`${url}: it runs another machine than the old file has, so compare that one too`]),
  ]
  return lines.map((line) => `${printable(line)}\n`).join('')
}

/** The names that would save sagas, ready to be pasted, and the doubtful ones. */
function adviceText({ advice: { movedStates, candidates }, new: path }: DeployPlan): string {
  const found = Object.entries(candidates)
  const lines = found.map(([state, names]) => {
    const may = names.length === 0 ? 'no new state is like it' : `perhaps ${names.map(quoted).join(' or ')}`
    return `  ${quoted(state)}: ${may}\n`
  })
  return [
    Object.keys(movedStates).length === 0
      ? ''
      : `settings of ${quoted(path)} that save their sagas\n${printableJson({ settings: { movedStates } })}\n`,
    lines.length === 0 ? '' : `new names that only you know, for settings.movedStates\n${lines.join('')}`,
  ]
    .filter((text) => text !== '')
    .join('\n')
}

function verdict({ isSafe, service }: DeployPlan, care: readonly PlannedEffect[]): string {
  const isKnown = service?.open !== undefined
  if (isSafe) return isKnown ? 'no saga would be stranded' : 'no saga can be stranded'
  const counted = `${care.length} ${care.length === 1 ? 'change' : 'changes'}`
  return isKnown ? `${counted} would strand sagas` : `${counted} would strand sagas, if any are there`
}
