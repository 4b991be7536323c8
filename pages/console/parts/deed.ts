import type { ComponentType } from 'preact'
import type { ApiRequest } from '../api/request.ts'
import type { Draft } from './draft.ts'

/** An action as its dialog shows it. */
export interface Deed {
  readonly title: string
  /** The effect, in a sentence. */
  readonly effect: string
  /** The word on the button. */
  readonly verb: string
  /** The service can answer without changing anything. */
  readonly hasTrial: boolean
  /** False for an answer in a play, which keeps no reason. Default: true. */
  readonly wantsReason?: boolean
  /** Fields beside reason and name. */
  readonly Fields?: ComponentType<FieldsProps>
  /** The request, of the draft that the fields made. */
  readonly request: (draft: Draft) => Pick<ApiRequest, 'method' | 'path' | 'body'>
}

/** The fields of a dialog tell each change of their content. */
export interface FieldsProps {
  readonly onDraft: (draft: Draft) => void
}
