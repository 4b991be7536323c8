/** The package has no types. It exports the path of the program as `default` of a CommonJS module. */
declare module 'workerd' {
  const exports: { readonly default: string }
  export default exports
}
