import { buildRouteMap } from '@stricli/core'
import type { CommandLine } from '../command-line.ts'
import { actionCommand } from './sagas/action-command.ts'
import { list } from './sagas/list.ts'
import { show } from './sagas/show.ts'

type Name = 'list' | 'show' | 'redeliver' | 'resend' | 'hold' | 'release' | 'move' | 'cancel'

/** `batuta sagas`: sagas of a running service, over HTTP. */
export const sagas = buildRouteMap<Name, CommandLine>({
  routes: {
    list,
    show,
    redeliver: actionCommand({
      action: 'redeliver',
      brief: 'Send what sagas owe or have given up now',
      takes: 'channel',
    }),
    resend: actionCommand({ action: 'resend', brief: 'Send the command of the state once more, with its key' }),
    hold: actionCommand({ action: 'hold', brief: 'Hold sagas: no event, no timer, no send' }),
    release: actionCommand({ action: 'release', brief: 'Let held sagas go on' }),
    move: actionCommand({ action: 'move', brief: 'Move sagas into a state by hand', takes: 'move' }),
    cancel: actionCommand({
      action: 'cancel',
      brief: 'End sagas in a final state; commands still owed become dead letters',
      takes: 'state',
    }),
  },
  docs: { brief: 'Look at the sagas of a running service, and change them by hand' },
})
