import { styleText } from 'node:util'
import { LOG_CODES } from '../../src/ports/log-codes.ts'
import type { LogCode } from '../../src/ports/log-codes.ts'
import type { FindingCode } from '../../src/config/finding.ts'
import type { Fields, Log } from '../../src/ports/runtime.ts'
import type { Instant, SagaId } from '../../src/engine/saga.ts'
import { printable } from '../service/printable.ts'
import type { HandCommand } from './hand-commands.ts'
import type { PlayClock } from './play-clock.ts'

/** Options of `PlayTeller`. */
export interface TellerOptions {
  readonly write: (text: string) => void
  readonly hasColour: boolean
  readonly clock: Pick<PlayClock, 'now'>
  /** Final states of the machine. */
  readonly finals: ReadonlySet<string>
}

/** Tells a person what happens: one line for each step of each saga, and for each command that waits. */
export class PlayTeller {
  readonly #options: TellerOptions
  /** Where the service listens, for lines to paste. */
  url = ''

  constructor(options: TellerOptions) {
    this.#options = options
  }

  /** Something that is about one saga. */
  saga(id: SagaId, text: string): void {
    this.#line(`${this.#style('dim', printable(id))}  ${text}`)
  }

  /** A saga has entered a state. */
  stepped(id: SagaId, event: string, state: string): void {
    const shown = this.#style('bold', printable(state))
    this.saga(id, `${printable(event)} → ${shown}${this.#options.finals.has(state) ? ' (final)' : ''}`)
  }

  /** A command waits for an answer by hand. */
  waits({ id, command, events }: HandCommand): void {
    const [event = '…'] = events
    const body = JSON.stringify({ event }).replaceAll("'", String.raw`'\''`)
    const choices = events.map(printable).join(' | ') || 'none'
    this.saga(command.sagaId, `${printable(command.label)} waits for an answer: ${choices}`)
    this.#options.write(`          curl --json '${printable(body)}' ${this.url}/play/commands/${id}\n`)
  }

  /** Something about the service. */
  note(text: string): void {
    this.#line(printable(text))
  }

  /** A log whose steps and warnings are lines for people. `listens` gets the URL of the service. */
  log({ listens, stepped }: LogListeners): Log {
    return {
      writes: (level) => level !== 'trace',
      write: (code, fields = {}) => {
        if (code === 'service.listening') return listens(String(fields['url']))
        if (code === 'saga.created' || code === 'saga.moved') {
          const id = String(fields['saga'])
          stepped(id, Number(fields['step']))
          return this.stepped(
            id,
            code === 'saga.created' ? 'created' : String(fields['label']),
            String(fields['state']),
          )
        }
        this.#warning(code, fields)
      },
    }
  }

  #warning(code: LogCode, fields: Fields): void {
    const { level, words } = LOG_CODES[code]
    if (QUIET.has(code) || fields['findingCode'] === NO_STORE || (level !== 'warn' && level !== 'error')) return
    this.note(`${level === 'warn' ? 'warning' : 'error'}: ${words} ${JSON.stringify(fields)}`)
  }

  #line(text: string): void {
    const { write, clock } = this.#options
    write(`${this.#style('dim', timeText(clock.now()))}  ${text}\n`)
  }

  #style(format: 'dim' | 'bold', text: string): string {
    return this.#options.hasColour ? styleText(format, text, { validateStream: false }) : text
  }
}

/** The time of the day, with the day once the clock was pushed to another one. */
function timeText(now: Instant): string {
  const at = new Date(now)
  const day = at.toDateString()
  return `${day === new Date().toDateString() ? '' : `${day.slice(4, 10)} `}${at.toTimeString().slice(0, 8)}`
}

/** Called with what the log of a service says. */
export interface LogListeners {
  readonly listens: (url: string) => void
  readonly stepped: (sagaId: SagaId, step: number) => void
}

/** The play file asks for these refusals, and `PlayParticipants` tells of each. */
const QUIET: ReadonlySet<LogCode> = new Set(['command.rejected', 'command.unreachable'])
/** A play replaces the store, so that a file without one is complete here. */
const NO_STORE: FindingCode = 'store.missing'
