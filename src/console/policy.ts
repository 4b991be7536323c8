import { CONSOLE_SCRIPT_HASH, CONSOLE_STYLE_HASH } from './page-files.ts'

/**
 * The script and the style of the page itself, by their hashes; requests to the service itself; nothing else. A text becomes markup
 * in one policy of the script alone, which parses drawings into an inert document.
 */
export const POLICY: string = [
  "default-src 'none'",
  `script-src '${CONSOLE_SCRIPT_HASH}'`,
  `style-src '${CONSOLE_STYLE_HASH}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types batuta-drawing',
].join('; ')
