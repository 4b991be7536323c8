/**
 * A thing that goes wrong around a saga.
 *
 * - `silence`: a participant accepts a command and sends no event, or no client sends one.
 * - `late`: a deadline fires before the answer that is under way, or before the command was accepted.
 * - `overtaken`: an event or a command of a later visit arrives before it.
 * - `acceptance-lost`: a participant accepts a command, and the service does not learn of it, so that it sends the command again.
 * - `forgotten-key`: a participant acts again on a command that it has acted on.
 * - `doubled`: an event arrives twice, under one id.
 * - `side-effect-lost`: a side effect, which is sent once, does not arrive.
 */
export type ExploredFault =
  | 'silence'
  | 'late'
  | 'overtaken'
  | 'acceptance-lost'
  | 'forgotten-key'
  | 'doubled'
  | 'side-effect-lost'
