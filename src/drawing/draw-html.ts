import { DARK, LIGHT, type Palette } from './svg/palette.ts'
import { xmlText } from './svg/xml.ts'

/** Options of `drawHtml`. */
export interface HtmlOptions {
  readonly title: string
  /** The page reads itself anew after so many seconds. Default: never. */
  readonly refresh?: number | undefined
  /** The ground of the page. Default: as the reader prefers. */
  readonly theme?: 'light' | 'dark' | undefined
}

/** The picture in the middle, on its own ground. */
const PAGE_STYLE =
  'body{margin:0;min-height:100vh;display:grid;align-items:center}main{min-width:0;overflow:auto}main>svg{display:block;margin:auto}'
const GROUNDS = { light: groundOf(LIGHT), dark: groundOf(DARK) } as const

/** A picture in SVG → a page that stands alone: no script, no address; a picture that is too wide scrolls. */
export function drawHtml(svg: string, { title, refresh, theme }: HtmlOptions): string {
  const ground =
    theme === undefined ? `${GROUNDS.light}@media(prefers-color-scheme:dark){${GROUNDS.dark}}` : GROUNDS[theme]
  const head = [
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta name="color-scheme" content="${theme ?? 'light dark'}">`,
    ...(refresh === undefined ? [] : [`<meta http-equiv="refresh" content="${refresh}">`]),
    `<title>${xmlText(title)}</title>`,
    `<style>${PAGE_STYLE}${ground}</style>`,
  ]
  return `<!doctype html>\n<html lang="en">\n<head>\n${head.join('\n')}\n</head>\n<body>\n<main>\n${svg}</main>\n</body>\n</html>\n`
}

function groundOf({ paper }: Palette): string {
  return `body{background:${paper}}`
}
