import { quoted } from '../../service/quoted.ts'
import type { DeployPlan, PlannedEffect } from './deploy-plan.ts'

/** The sentence of an effect, for people. */
export function effectText(effect: PlannedEffect, { service }: DeployPlan): string {
  const sagas = sagasText(effect.sagas, service?.isComplete === false)
  switch (effect.kind) {
    case 'store':
      return `${sagas} stay in the store ${valueOf(effect.before)}: the new file has ${valueOf(effect.after)}, and moves none`
    case 'store-settings':
      return `${sagas} are in the store of the old file, and the new one differs in ${namesText(effect.keys)}: is it the same store?`
    case 'gone':
      if (effect.sagas === 0)
        return `no saga is in ${quoted(effect.state)} now, a state that the new file lacks: one that enters it before the deploy would be stranded`
      return effect.isEnded
        ? `${sagas} in ${quoted(effect.state)}, an end that the new file lacks: they have ended and wait for nothing`
        : `${sagas} in ${quoted(effect.state)}, a state that the new file lacks: over HTTP their events get 503, on Kafka they are parked`
    case 'moved':
      return `${sagas} in ${quoted(effect.state)} get the new name ${quoted(effect.to)} with their next event${lostText(effect.events)}`
    case 'deaf':
      return `${sagas} in ${quoted(effect.state)} would not be moved any more by ${namesText(effect.events)}`
    case 'channel':
      return `${sagas} with a command or a dead letter for ${quoted(effect.channel)}, a channel that the new file lacks: it waits`
    case 'parked':
      return `${effect.events} parked ${effect.events === 1 ? 'event' : 'events'} ${quoted(effect.event)} of sagas in ${quoted(effect.state)}, such as ${effect.examples.map(quoted).join(', ')}: ${effect.why}`
    case 'timer':
      return `${sagas} in ${quoted(effect.state)} keep their deadline, or have none: the new timeout begins with the next entry`
    case 'command':
      return `${sagas} in ${quoted(effect.state)} still send the command of before, where it is not delivered yet`
    case 'payload':
      return `${sagas} in ${quoted(effect.state)} take ${namesText(effect.events)} by the new schema, which may refuse a payload that was meant for the old one`
  }
}

function sagasText(sagas: number | undefined, isLeast: boolean): string {
  if (sagas === undefined) return 'sagas'
  return `${isLeast ? 'at least ' : ''}${sagas} ${sagas === 1 ? 'saga' : 'sagas'}`
}

function lostText(events: readonly string[]): string {
  return events.length === 0 ? '' : `, and would not be moved any more by ${namesText(events)}`
}

/** Names that are shown. */
const MOST = 6

function namesText(names: readonly string[]): string {
  const more = names.length > MOST ? ` and ${names.length - MOST} more` : ''
  return `${names.slice(0, MOST).map(quoted).join(', ')}${more}`
}

function valueOf(value: unknown): string {
  return value === undefined ? 'of the host' : quoted(typeof value === 'string' ? value : JSON.stringify(value))
}
