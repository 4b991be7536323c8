import type { CharacterSet } from './character-set.ts'

/** A regular expression in its parts. Groups that only capture are gone: a test has no captures. */
export type PatternTree =
  | { readonly kind: 'character'; readonly set: CharacterSet }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternTree[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternTree[] }
  | { readonly kind: 'repeat'; readonly part: PatternTree; readonly least: number; readonly most: number }
  | { readonly kind: 'edge'; readonly edge: TextEdge }
  | { readonly kind: 'look'; readonly isAhead: boolean; readonly isNegated: boolean; readonly part: PatternTree }
  /** A back reference or flags of a group: no automaton has them. */
  | { readonly kind: 'other' }

/** A place between two characters. */
export type TextEdge = 'start' | 'end' | 'word' | 'no-word'
