import type { Page } from 'playwright-core'

/** Texts that would run a script, add an element or leave their attribute if a page took them for markup. */
export const MARKUP: readonly string[] = [
  `<script>${'globalThis.isHacked = 1'}</script>`,
  '<img src="hostile.png" onerror="globalThis.isHacked = 2" data-hostile>',
  '"><b data-hostile onclick=alert(1)>bold</b>',
  "'-globalThis.isHacked-'</title></style></textarea><b data-hostile>",
  '<svg onload="globalThis.isHacked = 3" data-hostile><foreignObject>',
  'javascript:globalThis.isHacked=4//${isHacked}{{isHacked}}`isHacked`',
  ']]><!--<b data-hostile>-->&lt;b data-hostile&gt;&#60;b data-hostile&#62;',
]

/** Texts that are hard to show: right to left, an override of the direction, combined emoji, stacked accents, no width. */
export const UNUSUAL: readonly string[] = [
  'مرحبا بالعالم 123 (شريحة)',
  'order \u202Etxt.exe\u202C \u2066left\u2069',
  '👩‍👩‍👧‍👦🏳️‍🌈 🇮🇹 👍🏽',
  'Z̷̡̛͎͙̈́̂a̶̬̅l̴̰͝g̷̱̀o̵̦͗',
  'zero\u200Bwidth\u2060\uFEFF \u0007bell\u001B[31m',
]

/** 100 KB without a blank to break at. */
export const LONG: string = 'x'.repeat(100_000)

/** A text of markup for the n-th place, so that a test can name the place. */
export function markup(n: number): string {
  return `${n} ${MARKUP[n % MARKUP.length]}`
}

/** A line for each text of the page that became more than text; empty where all were shown as they are. */
export function hostileTraces(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(TRACES)
}

const TRACES = `[
  ...[...document.querySelectorAll('[data-hostile], [onerror], [onload], [onclick], script:not([src])')]
    .map(({ outerHTML }) => 'the element ' + outerHTML.slice(0, 200)),
  ...[...document.querySelectorAll('a[href^="javascript:" i]')].map(({ href }) => 'the address ' + href.slice(0, 200)),
  ...(typeof isHacked === 'undefined' ? [] : ['the script ' + isHacked]),
]`
