import { DARK, LIGHT, type Palette } from './palette.ts'

/** Class of the picture's root: every rule of the style begins with it, so that a page can hold picture and style. */
export const PICTURE_CLASS = 'batuta-machine'

const ROOT = `.${PICTURE_CLASS}`

/**
 * The style of a picture. Colours are custom properties, light or dark as the reader prefers; `data-theme="light"` or `"dark"` on the
 * picture or around it decides otherwise. A page whose policy refuses inline styles serves this text itself.
 */
export const PICTURE_STYLE: string = [
  `${ROOT}{${variables(LIGHT)}color-scheme:light dark}`,
  `@media(prefers-color-scheme:dark){${ROOT}{${variables(DARK)}}}`,
  ...[LIGHT, DARK].map((palette) => themed(palette === LIGHT ? 'light' : 'dark', palette)),
  ...rules(),
].join('\n')

function themed(theme: string, palette: Palette): string {
  return `${ROOT}[data-theme=${theme}],[data-theme=${theme}] ${ROOT}{${variables(palette)}color-scheme:${theme}}`
}

function variables({ business, ...colours }: Palette): string {
  const named = Object.entries(colours).map(([name, colour]) => `--m-${name}:${colour};`)
  return [...named, ...business.map((colour, at) => `--m-business-${at}:${colour};`)].join('')
}

type Colour = Exclude<keyof Palette, 'business'>

/** Fill or stroke of a theme's colour; a renderer without custom properties takes the light one. */
function paint(property: 'fill' | 'stroke', colour: Colour): string {
  return `${property}:${LIGHT[colour]};${property}:var(--m-${colour})`
}

function fill(colour: Colour): string {
  return paint('fill', colour)
}

function stroke(colour: Colour): string {
  return paint('stroke', colour)
}

/** Selectors below the root, and their declarations. */
function rules(): readonly string[] {
  const table: readonly (readonly [selectors: string, ...declarations: readonly string[]])[] = [
    [
      'text',
      'font-family:Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif',
      fill('ink'),
      'font-size:12px',
      'font-variant-numeric:tabular-nums',
      'unicode-bidi:isolate',
    ],
    ['tspan', 'unicode-bidi:isolate'],
    ['.paper', fill('paper')],
    ['.id', 'font-size:14px', 'font-weight:600'],
    ['.muted', fill('muted')],
    ['.business-event', 'font-size:11px', 'font-style:italic', fill('muted')],
    ['.line', 'fill:none', 'stroke-width:1.5', stroke('arrow')],
    ['.head', fill('arrow')],
    ['.box', 'stroke-width:1', fill('card'), stroke('line')],
    ['.card', 'stroke-width:1', fill('card'), stroke('line')],
    ['.outer', 'fill:none', 'stroke-width:1', stroke('line')],
    ['.band', fill('line')],
    ['.rule', 'fill:none', 'stroke-width:1', stroke('line')],
    ['.icon', 'fill:none', 'stroke-width:1.4', 'stroke-linecap:round', 'stroke-linejoin:round', stroke('accent')],
    ['.icon.side', 'stroke-dasharray:2.2 2.4', stroke('muted')],
    ['.icon.clock', stroke('muted')],
    ['.start', fill('ink')],
    ['.letter', 'font-size:11px', 'font-weight:700', fill('on-business')],
    ['.count:not([data-count]),[data-count=""]', 'display:none'],
    ['.count rect', fill('ink')],
    ['.count text', 'font-weight:600', fill('card')],
    // the path of a saga; the rest steps back, in colours that can still be read
    ['.step rect', fill('accent')],
    ['.step text', 'font-size:11px', 'font-weight:700', fill('on-accent')],
    ['.move .line', 'stroke-width:2', 'stroke-dasharray:6 5', stroke('accent')],
    ['.move .head', fill('accent')],
    ['.visited .line', 'stroke-width:2.25', stroke('accent')],
    ['.visited .head', fill('accent')],
    ['.visited .box', 'stroke-width:1.25', fill('accent-soft'), stroke('accent')],
    ['.aside .id,{root} .aside .label', 'font-weight:400', fill('muted')],
    ['.aside .line', stroke('line')],
    ['.aside .head', fill('line')],
    ['.aside .icon', stroke('muted')],
    ['.aside .band', fill('line')],
    ['.aside .disc', 'stroke-width:1', fill('card'), stroke('muted')],
    ['.aside .letter', fill('muted')],
    ['.aside .start', fill('muted')],
  ]
  const business = LIGHT.business.map((colour, at) => {
    const painted = (property: string) => `${property}:${colour};${property}:var(--m-business-${at})`
    return `${ROOT} .b${at}:not(.aside) .band,${ROOT} .b${at}:not(.aside) .disc{${painted('fill')}}\n${ROOT} .b${at}:not(.aside) .card,${ROOT} .b${at}:not(.aside) .outer{${painted('stroke')};stroke-opacity:.45}`
  })
  return [
    ...table.map(([selectors, ...declarations]) => {
      const scoped = selectors
        .split(',')
        .map((one) => (one.startsWith('{root}') ? one.replace('{root}', ROOT) : `${ROOT} ${one}`))
      return `${scoped.join(',')}{${declarations.join(';')}}`
    }),
    ...business,
    `${ROOT} .state.current .card{stroke-width:3;stroke-opacity:1;${stroke('accent')}}`,
    `${ROOT} .state.current .outer{stroke-width:1.5;stroke-opacity:1;${stroke('accent')}}`,
  ]
}
