import { xmlText } from './svg/xml.ts'

/** Options of `drawHtml`. */
export interface HtmlOptions {
  readonly title: string
  /** The page reads itself anew after so many seconds. Default: never. */
  readonly refresh?: number | undefined
}

/** A picture in SVG → a page that stands alone: no script, no address; a picture that is too wide scrolls. */
export function drawHtml(svg: string, { title, refresh }: HtmlOptions): string {
  const head = [
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    ...(refresh === undefined ? [] : [`<meta http-equiv="refresh" content="${refresh}">`]),
    `<title>${xmlText(title)}</title>`,
    '<style>body{margin:0;background:#fbfbfd}@media(prefers-color-scheme:dark){body{background:#101217}}main{overflow:auto}</style>',
  ]
  return `<!doctype html>\n<html lang="en">\n<head>\n${head.join('\n')}\n</head>\n<body>\n<main>\n${svg}</main>\n</body>\n</html>\n`
}
