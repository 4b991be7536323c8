import { buildRouteMap } from '@stricli/core'
import type { Command } from '@stricli/core'
import type { CommandLine } from '../command-line.ts'
import { actionCommand } from './sagas/action-command.ts'
import type { ActionCommand } from './sagas/action-command.ts'
import { dropCommand } from './sagas/drop-command.ts'
import { list } from './sagas/list.ts'
import { show } from './sagas/show.ts'
import { watch } from './sagas/watch.ts'

const ACTIONS: readonly ActionCommand[] = [
  { action: 'redeliver', brief: 'Send what sagas owe or have given up now', takes: ['channel', 'cancelled'] },
  { action: 'resend', brief: 'Send the command of the state once more, with its key' },
  { action: 'hold', brief: 'Hold sagas: no event, no timer, no send' },
  { action: 'release', brief: 'Let held sagas go on' },
  { action: 'event', brief: 'Send an event in place of a participant', takes: ['label', 'payload'] },
  { action: 'move', brief: 'Move sagas into a state by hand', takes: ['state', 'command'] },
  { action: 'cancel', brief: 'End sagas in a final state; commands still owed become dead letters', takes: ['state'] },
  { action: 'metadata', brief: 'Change the metadata of sagas', takes: ['merge'] },
]
const actions = Object.fromEntries(
  ACTIONS.map((one): [string, Command<CommandLine>] => [one.action, actionCommand(one)]),
)

/** `batuta sagas`: sagas of a running service, over HTTP. */
export const sagas = buildRouteMap<string, CommandLine>({
  routes: {
    list,
    show,
    watch,
    ...actions,
    dropParked: dropCommand({
      action: 'drop-parked',
      brief: 'Drop parked events of a saga: they are never applied',
      of: 'parked',
      thing: 'event',
    }),
    dropDeadLetter: dropCommand({
      action: 'drop-dead-letter',
      brief: 'Drop dead letters of a saga: they are never sent or applied',
      of: 'dead-letters',
      thing: 'letter',
    }),
  },
  docs: { brief: 'Look at the sagas of a running service, and change them by hand' },
})
