// The package has types for its main entry only, which starts processes or workers of its own.
declare module 'recheck/lib/browser.js' {
  const recheck: {
    checkSync(
      source: string,
      flags: string,
      parameters: { readonly checker: 'automaton'; readonly timeout: number },
    ): { readonly status: 'safe' | 'vulnerable' | 'unknown' }
  }
  export default recheck
}
