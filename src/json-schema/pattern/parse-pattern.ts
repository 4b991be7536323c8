import { characterSet } from './character-set.ts'
import type { PatternTree } from './pattern-tree.ts'

/** Groups in groups that are followed. */
const DEEPEST_GROUP = 100

/**
 * The parts of a regular expression that the host has accepted with these flags ("u" or none). Throws a `RangeError` where its
 * groups nest deeper than 100 levels.
 */
export function parsePattern(source: string, flags: string): PatternTree {
  return new PatternParser(source, flags).choice()
}

const OTHER: PatternTree = { kind: 'other' }
const EDGES = { '^': 'start', $: 'end' } as const
const GROUPS = [
  ['(?:', undefined],
  ['(?=', { isAhead: true, isNegated: false }],
  ['(?!', { isAhead: true, isNegated: true }],
  ['(?<=', { isAhead: false, isNegated: false }],
  ['(?<!', { isAhead: false, isNegated: true }],
] as const

class PatternParser {
  readonly #source: string
  readonly #flags: string
  #at = 0
  #depth = 0

  constructor(source: string, flags: string) {
    this.#source = source
    this.#flags = flags
  }

  choice(): PatternTree {
    const options = [this.#sequence()]
    while (this.#take('|')) options.push(this.#sequence())
    return options.length === 1 && options[0] !== undefined ? options[0] : { kind: 'choice', options }
  }

  #sequence(): PatternTree {
    const parts: PatternTree[] = []
    while (this.#at < this.#source.length && !this.#isNext('|') && !this.#isNext(')')) {
      parts.push(this.#repeated(this.#term()))
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'sequence', parts }
  }

  #term(): PatternTree {
    if (this.#isNext('(')) return this.#group()
    if (this.#isNext('[')) return this.#set(this.#classSource())
    if (this.#isNext('\\')) return this.#escape()
    const character = this.#character()
    if (character === '^' || character === '$') return { kind: 'edge', edge: EDGES[character] }
    return this.#set(/^[{}\])/]$/.test(character) ? `\\${character}` : character)
  }

  #group(): PatternTree {
    const [opening, look] = GROUPS.find(([text]) => this.#isNext(text)) ?? [undefined, undefined]
    if (opening !== undefined) this.#at += opening.length
    else if (this.#isNext('(?<')) this.#at = this.#source.indexOf('>', this.#at) + 1
    else if (this.#isNext('(?')) return this.#flagged()
    else this.#at += 1
    const part = this.#inside()
    return look === undefined ? part : { kind: 'look', ...look, part }
  }

  /** `(?i:…)`: the flags of a part are not followed. */
  #flagged(): PatternTree {
    this.#at = this.#source.indexOf(':', this.#at) + 1
    this.#inside()
    return OTHER
  }

  /** The part up to the ")" of its group. */
  #inside(): PatternTree {
    if (++this.#depth > DEEPEST_GROUP) throw new RangeError('groups nest too deep')
    const part = this.choice()
    this.#at += 1
    this.#depth -= 1
    return part
  }

  #classSource(): string {
    const begin = this.#at
    for (this.#at += 1; !this.#isNext(']'); this.#at += 1) if (this.#isNext('\\')) this.#at += 1
    this.#at += 1
    return this.#source.slice(begin, this.#at)
  }

  #escape(): PatternTree {
    const rest = this.#source.slice(this.#at, this.#at + LONGEST_ESCAPE)
    if (rest.startsWith('\\b') || rest.startsWith('\\B')) {
      this.#at += 2
      return { kind: 'edge', edge: rest.startsWith('\\b') ? 'word' : 'no-word' }
    }
    if (/^\\[1-9k]/.test(rest)) {
      this.#at += (/^\\(?:\d+|k<[^>]*>|k)/.exec(rest) ?? ['\\k'])[0].length
      return OTHER
    }
    const escape = this.#flags === 'u' ? UNICODE_ESCAPE.exec(rest) : PLAIN_ESCAPE.exec(rest)
    const source = escape?.[0] ?? rest.slice(0, 2)
    // Without a letter behind it, "\c" is a backslash, and "c" is the next character.
    const isBackslash = source === '\\c'
    this.#at += isBackslash ? 1 : source.length
    return this.#set(isBackslash ? '\\\\' : source)
  }

  #repeated(part: PatternTree): PatternTree {
    const found = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(
      this.#source.slice(this.#at, this.#at + LONGEST_QUANTIFIER),
    )
    if (found === null) return part
    const [quantifier, least = '', comma, most = ''] = found
    this.#at += quantifier.length
    const [sign] = quantifier
    if (sign === '*') return { kind: 'repeat', part, least: 0, most: Infinity }
    if (sign === '+') return { kind: 'repeat', part, least: 1, most: Infinity }
    if (sign === '?') return { kind: 'repeat', part, least: 0, most: 1 }
    const end = comma === undefined ? Number(least) : most === '' ? Infinity : Number(most)
    return { kind: 'repeat', part, least: Number(least), most: end }
  }

  #set(source: string): PatternTree {
    return { kind: 'character', set: characterSet(source, this.#flags) }
  }

  #character(): string {
    const code = this.#source.codePointAt(this.#at) ?? 0
    const character = this.#flags === 'u' ? String.fromCodePoint(code) : this.#source.charAt(this.#at)
    this.#at += character.length
    return character
  }

  #isNext(text: string): boolean {
    return this.#source.startsWith(text, this.#at)
  }

  #take(text: string): boolean {
    if (!this.#isNext(text)) return false
    this.#at += text.length
    return true
  }
}

const LONGEST_ESCAPE = 120
const LONGEST_QUANTIFIER = 60
const UNICODE_ESCAPE =
  /^\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u\{[\da-fA-F]+\}|u[\da-fA-F]{4}|[pP]\{[^}]*\}|x[\da-fA-F]{2}|c[a-zA-Z]|.)/su
const PLAIN_ESCAPE = /^\\(?:u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[a-zA-Z]|0[0-7]{0,2}|[^])/
