/** Colours of a theme. Texts have a contrast of 4.5 or more on their ground; a test computes it. */
export interface Palette {
  readonly ink: string
  readonly muted: string
  /** Borders and rules. */
  readonly line: string
  /** Lines of arrows. */
  readonly arrow: string
  readonly paper: string
  readonly card: string
  readonly accent: string
  /** Ground of boxes on the path of a saga. */
  readonly 'accent-soft': string
  readonly 'on-accent': string
  /** Letters on the colours of business states. */
  readonly 'on-business': string
  readonly business: readonly string[]
}

/** The light theme. */
export const LIGHT: Palette = {
  ink: '#16181d',
  muted: '#5b6270',
  line: '#dfe3ea',
  arrow: '#828b9b',
  paper: '#fbfbfd',
  card: '#ffffff',
  accent: '#5b4bd6',
  'accent-soft': '#eeecfc',
  'on-accent': '#ffffff',
  'on-business': '#ffffff',
  business: ['#2c72b4', '#1d7f55', '#c62f4d', '#8d6400', '#7a4cc0', '#0b7680', '#ab5212', '#5c6370'],
}

/** The dark theme. */
export const DARK: Palette = {
  ink: '#e9ebf0',
  muted: '#9aa2b1',
  line: '#2f3541',
  arrow: '#6b7485',
  paper: '#101217',
  card: '#171a21',
  accent: '#a89dff',
  'accent-soft': '#262248',
  'on-accent': '#101217',
  'on-business': '#101217',
  business: ['#6aaeea', '#52c593', '#ff8496', '#dcae43', '#b897f2', '#48c0ca', '#f09a5f', '#a3abba'],
}
