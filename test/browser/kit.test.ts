import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeBrowser, openBrowser } from '../services/browser.ts'
import { axeViolationsOfBoth } from './kit/accessibility.ts'
import { hostileTraces, MARKUP } from './kit/hostile-text.ts'
import { isTooWide, PHONE, visit } from './kit/visit.ts'

/** A page of everything that no page of ours may have. */
function faultyPage(): string {
  const policy = '<meta http-equiv="content-security-policy" content="img-src \'none\'">'
  const style = '<style>p { color: #999; background: #fff; width: 900px }</style>'
  const script = '<script>console.error("a line"); setTimeout(() => { throw new Error("thrown") })</script>'
  const body = `<p>pale</p><input><img alt="" src="http://127.0.0.1:9/refused.png"><a href="javascript:void 0">here</a>${MARKUP.join('')}`
  return `data:text/html,${encodeURIComponent(`<!doctype html>${policy}${style}${script}${body}`)}`
}

describeBrowser('the looks at a page', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  test('the looks at a page find what is wrong with it', async () => {
    const { page, faults, violations, close } = await visit(browser, { url: faultyPage(), viewport: PHONE })
    await expect.poll(() => faults).toEqual(expect.arrayContaining(['a line', 'thrown']))
    await expect.poll(() => violations).toContainEqual(expect.stringContaining('img-src refused'))
    expect(await isTooWide(page)).toBe(true)
    const found = await axeViolationsOfBoth(page)
    for (const scheme of ['light', 'dark'])
      expect(found).toContainEqual(expect.stringMatching(`^${scheme}: color-contrast: p:`))
    expect(found).toContainEqual(expect.stringMatching(/^light: label: input:/))
    const traces = await hostileTraces(page)
    expect(traces).toContainEqual(expect.stringContaining('the element <b data-hostile'))
    expect(traces).toContainEqual(expect.stringContaining('the address javascript:'))
    expect(traces).toContainEqual(expect.stringMatching(/^the script /))
    await close()
  })
})
