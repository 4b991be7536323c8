/** A command that waits for an answer by hand, as `GET /play/commands` answers it. */
export interface PlayCommand {
  readonly id: number
  readonly sagaId: string
  readonly associatedEntityId?: string
  readonly label: string
  readonly channel: string
  readonly state?: string
  readonly events: readonly string[]
  readonly since: string
  readonly payload: unknown
}

/** The first commands that wait, and the number of all. */
export interface PlayCommands {
  readonly commands: readonly PlayCommand[]
  readonly total: number
}

/** The clock of the play, as `GET /play/clock` answers it. */
export interface PlayTime {
  readonly now: string
  /** Milliseconds before the clock of the machine. */
  readonly ahead: number
  readonly next?: NextTimer
}

/** The deadline that comes first. */
export interface NextTimer {
  readonly at: string
  readonly sagaId: string
  readonly associatedEntityId: string
  readonly state: string
  readonly effect: 'event' | 'resend' | 'release'
  readonly event?: string
}

/** The participant of one command, as `GET /play/participants` answers it. */
export interface PlayParticipant {
  readonly label: string
  readonly channels: readonly string[]
  readonly states: readonly string[]
  readonly answers: 'hand' | 'evenly' | 'file' | 'none'
  readonly events?: Readonly<Record<string, number>>
  readonly latency: readonly [number, number]
  readonly failureRate: number
  readonly silence: number
  readonly waiting: number
  readonly planned: number
  readonly next?: { readonly at: string; readonly event: string; readonly sagaId: string }
}
