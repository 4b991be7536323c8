import type { Route } from '../http/route.ts'
import { TEXT_SHOWN } from '../http/schemas.ts'
import { PAGE_CSS, PAGE_HTML, PAGE_JS } from './page-files.ts'

/** No script, style, address or frame but those of the service itself; no text becomes HTML. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** The page at `/documentation` and its two files. It holds no data of the service, so it needs no token (C1.3). */
export function pageRoutes(): readonly Route[] {
  return [
    file('/documentation', PAGE_HTML, 'text/html; charset=utf-8'),
    file('/documentation/page.css', PAGE_CSS, 'text/css; charset=utf-8'),
    file('/documentation/page.js', PAGE_JS, 'text/javascript; charset=utf-8'),
  ]
}

function file(path: string, text: string, type: string): Route {
  const headers = {
    'Content-Type': type,
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-cache',
  }
  const answer = { request: {}, responses: { 200: TEXT_SHOWN } }
  return { method: 'GET', path, guard: 'none', ...answer, handle: (c) => c.body(text, 200, headers) }
}
