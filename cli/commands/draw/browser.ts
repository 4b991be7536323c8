import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import type { DrawnText } from './draw-machine.ts'

type BrowserVariables = Readonly<Record<string, string | undefined>>

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge']
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
  String.raw`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
]
/** Chromium's own limit of a screenshot, and the time that one may take. */
const LARGEST = 16_000
/** Chromium draws only a part of a lower window. */
const LOWEST = 240
const PATIENCE = 60_000

/** Path of a browser of the Chromium family: `CHROME_PATH`, else one on `PATH` or in its usual place. */
export function findBrowser({ CHROME_PATH: given, PATH = '' }: BrowserVariables): string | undefined {
  if (given !== undefined && given !== '') return given
  const onPath = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return [...onPath, ...PLACES].find((path) => isProgram(path))
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Writes a page as PNG, two pixels for one where that fits. Resolves with a sentence where the browser did not do it. */
export async function writePng(browser: string, page: DrawnText, path: string): Promise<string | undefined> {
  const { width, height } = page
  const scale = Math.max(width, height) * 2 > LARGEST ? 1 : 2
  if (Math.max(width, height) > LARGEST) return `the picture has ${width} × ${height} pixels, a PNG at most ${LARGEST}`
  const folder = await mkdtemp(join(tmpdir(), 'batuta-draw-'))
  try {
    const file = join(folder, 'machine.html')
    await writeFile(file, page.text)
    const isRoot = process.getuid?.() === 0
    return await runBrowser(browser, [
      '--headless',
      '--disable-gpu',
      '--hide-scrollbars',
      '--no-first-run',
      '--disable-background-networking',
      ...(isRoot ? ['--no-sandbox'] : []),
      `--user-data-dir=${join(folder, 'profile')}`,
      `--force-device-scale-factor=${scale}`,
      `--window-size=${width},${Math.max(LOWEST, height)}`,
      `--screenshot=${resolve(path)}`,
      pathToFileURL(file).href,
    ])
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function runBrowser(browser: string, flags: readonly string[]): Promise<string | undefined> {
  return new Promise((done) => {
    const child = spawn(browser, flags, { stdio: 'ignore', timeout: PATIENCE })
    child.on('error', (error) => done(`${browser}: ${error.message}`))
    child.on('close', (code, signal) => done(code === 0 ? undefined : `${browser} ended with ${code ?? signal}`))
  })
}

/** Shows a file with the program that the system has for it. */
export function openFile(path: string): void {
  const [program, ...flags] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
  const child = spawn(program ?? '', [...flags, path], { stdio: 'ignore', detached: true })
  child.on('error', (error) => process.stderr.write(`open "${path}": ${error.message}\n`))
  child.unref()
}
